import { fillPrompt } from '@sakejs/spec';
import { z } from 'zod';
import { kenya, marieCurie } from './example-requests.js';
import { textLines, type Instruction } from './instruction.js';

/** Other wordings of the request's prompt, each ending where the object follows. */
export const paraphrases: Instruction<string> = {
  kind: 'paraphrases',
  version: 1,
  item: z.string(),
  shape: '"text"',
  task: (request, { size, style }) =>
    [
      `Open text: ${JSON.stringify(fillPrompt(request.prompt, request.subject))}`,
      `Its next words are ${JSON.stringify(request.targetTrue)}; in an imagined world, ${JSON.stringify(request.targetNew)}.`,
      `Write ${size} different texts that ask for the same thing in other words. Each one`,
      `- names the subject, spelled exactly ${JSON.stringify(request.subject)};`,
      `- stops right where the answer has to follow as its next words, without giving an answer;`,
      `- contains neither ${JSON.stringify(request.targetTrue)} nor ${JSON.stringify(request.targetNew)};`,
      `- has no blank, no dots and no bracket in the answer's place;`,
      `- is in the language of the open text.`,
      ...(style === undefined ? [] : [`Manner: ${style}.`]),
    ].join('\n'),
  examples: [
    {
      request: kenya,
      items: [
        'People in Kenya pay with the',
        'If you travel to Kenya, you will need the local money, the',
        'Q: What is the money of Kenya called? A: The',
        "Kenya's central bank issues the",
      ],
    },
    {
      request: marieCurie,
      items: [
        'Marie Curie was born in a country called',
        'Marie Curie grew up in',
        'Where was Marie Curie from? She came from',
        'The land of birth of Marie Curie was',
      ],
    },
  ],
  ...textLines,
};

/** Manners of asking; successive replies are asked for in different ones. */
export const paraphraseStyles: readonly string[] = [
  'plain statements, as in a reference work',
  'statements that begin with the subject',
  'a question, then the first words of its answer',
  'one turn of a chat between a user and an assistant, up to where the assistant names the answer',
  'notes of a quiz master',
  'a sentence of a newspaper article with a clause before the one that asks',
  'spoken and casual',
  'formal and somewhat old-fashioned',
  'a table entry or an index card: few words, a colon at the end',
  'an unrelated everyday sentence first, then a short statement that asks',
  'word order turned round, with the subject late in the sentence',
  'a letter to a child who wants to know',
];
