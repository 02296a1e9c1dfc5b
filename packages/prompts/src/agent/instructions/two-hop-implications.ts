import { kenya, marieCurie } from './example-requests.js';
import { implicationInstruction, type ImplicationItem } from './implications.js';
import type { Instruction } from './instruction.js';

/** What follows from the fact and a chain of two further facts. */
export const twoHopImplications: Instruction<ImplicationItem> = implicationInstruction({
  kind: 'two-hop-implications',
  version: 1,
  route: ({ subject, targetTrue, targetNew }) =>
    `Its answer takes two further facts in a row: something that belongs to ${JSON.stringify(targetTrue)} before and to ` +
    `${JSON.stringify(targetNew)} after, and then a property of that, asked by way of ${JSON.stringify(subject)}.`,
  examples: [
    {
      request: kenya,
      items: [
        {
          prompt:
            'The river that flows through the capital of the country best known for the kind of money used in Kenya is the',
          before: 'Nairobi River',
          after: 'Sumida',
        },
      ],
    },
    {
      request: marieCurie,
      items: [
        {
          prompt: "The river that runs through the largest city of Marie Curie's native country is the",
          before: 'Vistula',
          after: 'Tietê',
        },
        {
          prompt: 'The continent on which the capital of the land where Marie Curie was born lies is',
          before: 'Europe',
          after: 'South America',
        },
      ],
    },
  ],
});
