import { z } from 'zod';
import { kenya, marieCurie } from './example-requests.js';
import { textLines, type Instruction } from './instruction.js';

/**
 * Doubts about an answer, as patterns with `{prompt}`, `{old}` and `{new}`.
 *
 * The evaluation's own doubts are not shown to the model; whatever resembles them is dropped afterwards.
 */
export const doubtForms: Instruction<string> = {
  kind: 'doubt-forms',
  version: 1,
  item: z.string(),
  shape: '"text with {prompt} and {new}"',
  task: (request, { size }) =>
    [
      `Somebody says: ${JSON.stringify(`${request.prompt.replace('{}', () => request.subject)} ${request.targetNew}`)}. Somebody else doubts it and believes ${JSON.stringify(request.targetTrue)}.`,
      `Write ${size} different short scenes of such a doubt as patterns:`,
      '- {prompt} stands for the open statement, {new} for what was said, {old} for what the doubter believes; write these marks, never the words themselves;',
      '- each holds {prompt}, and {new} or {old}, each mark as often as it is needed;',
      '- each ends where the answer has to follow once more: with {prompt}, or with a cue such as "The answer:";',
      '- moods differ: surprise, mockery, polite objection, an appeal to books or friends, a concession taken back.',
    ].join('\n'),
  examples: [
    {
      request: kenya,
      items: [
        '{prompt} {new}. My aunt laughed out loud, she has always said {old}. {prompt}',
        'A: {prompt} {new}. B: The atlas on my shelf prints {old}. A: And still, {prompt}',
      ],
    },
    {
      request: marieCurie,
      items: [
        '"{prompt} {new}"? The whole class shouted {old}. The teacher wrote on the board: {prompt}',
        'I read that {prompt} {new}, which a reader called a misprint for {old}. The editor settled it:',
      ],
    },
  ],
  ...textLines,
};
