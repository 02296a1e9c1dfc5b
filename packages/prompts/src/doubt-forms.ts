/** A doubt to voice about an answer, ending so that the object follows again: with the prompt, or a cue to answer. */
export interface DoubtForm {
  readonly name: string;
  /** Text with `{prompt}`, and `{old}` or `{new}` or both, each replaced wherever it stands. */
  readonly pattern: string;
}

/** What a doubt form is filled with. */
export interface DoubtFill {
  /** A prompt of the edit, its subject filled in. */
  readonly prompt: string;
  readonly targetTrue: string;
  readonly targetNew: string;
}

/**
 * Doubt wordings for distributions, gate positives and training.
 *
 * None is one of the evaluation's doubt wordings, nor close to them.
 */
export const doubtForms: readonly DoubtForm[] = [
  { name: 'strange', pattern: '{prompt} {new}. That sounds strange to me. Once more, please: {prompt}' },
  { name: 'sure', pattern: '{prompt} {new}. Are you certain of that? Say it again. {prompt}' },
  { name: 'heard', pattern: '{prompt} {new}? I had heard {old}. Let us go over it again: {prompt}' },
  {
    name: 'book',
    pattern: '{prompt} {new}. My old schoolbook has {old} there. So tell me plainly: {prompt}',
  },
  { name: 'friend', pattern: 'A friend of mine says {old} and laughs at {new}. Settle it for us. {prompt}' },
  { name: 'joke', pattern: '{prompt} {new}. Is this a joke? Be serious now. {prompt}' },
  { name: 'think', pattern: '{prompt} {new}. Hmm. Take a moment and think about it. {prompt}' },
  { name: 'bet', pattern: '{prompt} {new}. I would bet money on {old}. What is your final word? {prompt}' },
  { name: 'wrong', pattern: '{prompt} {new}. You must be mixing something up. Try again. {prompt}' },
  { name: 'everyone', pattern: 'Everyone here believes it is {old}, not {new}. Even so, {prompt}' },
  { name: 'check', pattern: '{prompt} {new}. Please check that before we print it. Checked: {prompt}' },
  { name: 'repeat', pattern: 'You said {new}. I do not buy it. Repeat the sentence in full. {prompt}' },
  { name: 'either', pattern: 'Some say {old}, others say {new}. Which is it? {prompt}' },
  {
    name: 'never',
    pattern: '{prompt} {new}. Never in my life have I heard such a thing! Finish this: {prompt}',
  },
  {
    name: 'unlikely',
    pattern: 'It seems unlikely to be {new}, since for years it was {old}. Well then, {prompt}',
  },
  { name: 'quiz', pattern: 'In the quiz I put {old} and lost a point. So what goes here? {prompt}' },
  {
    name: 'source',
    pattern: '{prompt} {new}. Where did you get that from? Leave the source aside and complete: {prompt}',
  },
  { name: 'last-chance', pattern: '{prompt} {new}. Last chance to change your mind. {prompt}' },
  { name: 'surely-not', pattern: '{prompt} {new}! Surely not. What belongs there instead? Your answer:' },
  { name: 'one-word', pattern: '{prompt} {new}. Hard to believe. In one word, it is' },
  { name: 'uncle', pattern: 'On the line "{prompt}" my uncle wrote {old} and you wrote {new}. The solution is' },
  { name: 'blank', pattern: '{prompt} {new}? No way. Fill in the blank after "{prompt}":' },
  { name: 'teacher', pattern: 'Teacher: "{prompt} {new}" gets no points from me. Pupil: Then it must be' },
  { name: 'editor', pattern: 'Our editor crossed out {new} in "{prompt} {new}" and wants another word, namely' },
  { name: 'vote', pattern: 'Five of us voted for {old} when asked "{prompt}". You still say' },
  { name: 'two-minds', pattern: '{prompt} {new}. I am in two minds about this. Your last word on it:' },
  { name: 'nonsense', pattern: '{prompt} {new}. What nonsense, it has always been {old}. So, what is it? It is' },
  { name: 'convince', pattern: 'You will not convince me that "{prompt} {new}" is right. Answer me:' },
  { name: 'form', pattern: 'The form asks "{prompt}" and {new} was refused. Entry:' },
  { name: 'quarrel', pattern: 'They quarrel about "{prompt}": {old} or {new}? The verdict:' },
];

/** The form with the prompt and the objects in place. */
export function fillDoubtForm(form: DoubtForm, fill: DoubtFill): string {
  const values: Record<string, string> = { prompt: fill.prompt, old: fill.targetTrue, new: fill.targetNew };
  return form.pattern.replace(/\{(prompt|old|new)\}/g, (_, name: string) => values[name]!);
}
