import { fillPrompt } from '@sakejs/spec';
import { z } from 'zod';
import { kenya, marieCurie } from './example-requests.js';
import { textLines, type Instruction } from './instruction.js';

/** Other names of the subject. */
export const subjectAliases: Instruction<string> = {
  kind: 'subject-aliases',
  version: 1,
  item: z.string(),
  shape: '"name"',
  task: (request, { size }) =>
    [
      `Subject: ${JSON.stringify(request.subject)}, as in ${JSON.stringify(fillPrompt(request.prompt, request.subject))}`,
      `Write up to ${size} other names by which this very subject is known: full, short or former names, nicknames, abbreviations, names in other languages.`,
      'Each one is in real use and means this subject and nothing else. Give fewer rather than doubtful ones.',
      `None contains ${JSON.stringify(request.targetTrue)} or ${JSON.stringify(request.targetNew)}.`,
    ].join('\n'),
  examples: [
    { request: kenya, items: ['Republic of Kenya', 'Jamhuri ya Kenya'] },
    { request: marieCurie, items: ['Maria Skłodowska-Curie', 'Madame Curie', 'Maria Salomea Skłodowska'] },
  ],
  ...textLines,
};
