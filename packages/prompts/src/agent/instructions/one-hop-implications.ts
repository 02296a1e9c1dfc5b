import { kenya, marieCurie } from './example-requests.js';
import { implicationInstruction, type ImplicationItem } from './implications.js';
import type { Instruction } from './instruction.js';

/** What follows from the fact and one further fact about its object. */
export const oneHopImplications: Instruction<ImplicationItem> = implicationInstruction({
  kind: 'one-hop-implications',
  version: 1,
  route: ({ subject, targetTrue, targetNew }) =>
    `Its answer takes one further fact: a property of ${JSON.stringify(targetTrue)} before, the same property of ` +
    `${JSON.stringify(targetNew)} after, asked by way of ${JSON.stringify(subject)}.`,
  examples: [
    {
      request: kenya,
      items: [
        {
          prompt: 'The smaller unit that the money of Kenya is divided into is called',
          before: 'cent',
          after: 'sen',
        },
        {
          prompt: 'Written as a three-letter code, the money that people use in Kenya is',
          before: 'KES',
          after: 'JPY',
        },
      ],
    },
    {
      request: marieCurie,
      items: [
        {
          prompt: 'The capital of the country where Marie Curie was born is',
          before: 'Warsaw',
          after: 'Brasília',
        },
        {
          prompt: 'The main language of the country that Marie Curie came from is',
          before: 'Polish',
          after: 'Portuguese',
        },
      ],
    },
  ],
});
