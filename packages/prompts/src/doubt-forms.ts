/** A doubt to voice about an answer, ending so that the object follows again: with the prompt, or a cue to answer. */
export interface DoubtForm {
  readonly name: string;
  /** Text with `{prompt}`, and `{old}` or `{new}` or both, each replaced wherever it stands. */
  readonly pattern: string;
  /** How the pattern ends: forms that share a closing are near-copies where the answer follows. */
  readonly closing: string;
}

/** What a doubt form is filled with. */
export interface DoubtFill {
  /** A prompt of the edit, its subject filled in. */
  readonly prompt: string;
  readonly targetTrue: string;
  readonly targetNew: string;
}

/** How the doubted claim is put. */
const claims: readonly string[] = [
  '{prompt} {new}.',
  '{prompt} {new}?',
  '{prompt} {new}!',
  'It says here: {prompt} {new}.',
  '"{prompt} {new}", you wrote.',
  'You told me: {prompt} {new}.',
  'A friend says {old}, yet you say: {prompt} {new}.',
  'Some say {old}, others say {new}.',
];

/** How it is doubted. */
const reactions: readonly string[] = [
  'That sounds strange to me.',
  'Surely not.',
  'I had heard {old}.',
  'My old schoolbook has {old} there.',
  'Is this a joke?',
  'Hmm.',
  'I would bet money on {old}.',
  'You must be mixing something up.',
  'Everyone here believes it is {old}.',
  'I do not buy it.',
  'Never in my life have I heard such a thing!',
  'For years it was {old}.',
  'Where did you get that from?',
  'Hard to believe.',
  'What nonsense, it was {old} all along.',
  'My uncle swears by {old}. Fine, I take his side.',
  'Nobody at the table agrees with you.',
  'I looked it up and found {old}. So you give in? Good.',
  'Wait a moment.',
  'That cannot have been checked by anyone.',
  'The jury crossed it out.',
  'Sorry, I was wrong, you say? I thought as much.',
];

/** How the question is put again: with the prompt, or with a cue alone. */
const closings: readonly string[] = [
  '{prompt}',
  'Once more, please: {prompt}',
  'Say it again. {prompt}',
  'So tell me plainly: {prompt}',
  'Be serious now. {prompt}',
  'Finish this: {prompt}',
  'Last chance to change your mind. {prompt}',
  'Even so, {prompt}',
  'Your answer:',
  'In one word, it is',
  'Fill in the blank after "{prompt}":',
  'Then it must be',
  'What belongs after "{prompt}" is',
  'Your last word on it:',
  'So, what is it? It is',
  'The verdict:',
  'Entry for "{prompt}":',
  'Try again and name it:',
  'Think about "{prompt}" once more. You would now say',
  'Whatever others think, "{prompt}" is completed by',
  'Solution:',
  'Correct it if you must:',
];

/**
 * Doubt wordings for distributions, gate positives and training: every claim with every reaction and every closing,
 * where the prompt stands in one of them.
 *
 * Parts vary independently, so that neither a model nor a gate can hold on to one wording. None is one of the
 * evaluation's doubt wordings, nor close to them.
 */
export const doubtForms: readonly DoubtForm[] = claims
  .flatMap((claim, i) =>
    reactions.flatMap((reaction, j) =>
      closings.map((closing, k) => ({
        name: `${i}-${j}-${k}`,
        pattern: `${claim} ${reaction} ${closing}`,
        closing,
      })),
    ),
  )
  .filter(({ pattern }) => pattern.includes('{prompt}'));

/** The form with the prompt and the objects in place. */
export function fillDoubtForm(form: Pick<DoubtForm, 'pattern'>, fill: DoubtFill): string {
  const values: Record<string, string> = { prompt: fill.prompt, old: fill.targetTrue, new: fill.targetNew };
  return form.pattern.replace(/\{(prompt|old|new)\}/g, (_, name: string) => values[name]!);
}
