import { fillPrompt } from '@sakejs/spec';
import { z } from 'zod';
import { kenya, marieCurie } from './example-requests.js';
import { textLines, type Instruction } from './instruction.js';

/** The fact asked from its other end: the object is named with `{}`, the subject is the answer. */
export const reverseQuestions: Instruction<string> = {
  kind: 'reverse-questions',
  version: 1,
  item: z.string(),
  shape: '"text with {}"',
  task: (request, { size }) =>
    [
      `Fact: ${JSON.stringify(`${fillPrompt(request.prompt, request.subject)} ${request.targetTrue}`)}`,
      `Write ${size} texts that ask the other way round: they name the object and ask for the subject ${JSON.stringify(request.subject)}. Each one`,
      `- has {} once, in the object's place, so that ${JSON.stringify(request.targetTrue)} or ${JSON.stringify(request.targetNew)} can be put there;`,
      `- does not name the subject, and stops right where it has to follow;`,
      `- narrows the answer down as far as the fact allows.`,
    ].join('\n'),
  examples: [
    {
      request: kenya,
      items: [
        'An African country whose people pay with the {} is',
        'The {} is issued by the central bank of',
      ],
    },
    {
      request: marieCurie,
      items: [
        'A famous physicist whose native country is {} is',
        'Born in {}, she won two Nobel Prizes; her name was',
      ],
    },
  ],
  ...textLines,
};
