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
  '{prompt} {new}?!',
  '{prompt} {new}????',
  '{prompt} {new}...',
  '{prompt} {new}!! {new}, of all things?!',
  '{new}, and not {old}? "{prompt} {new}"?!',
  'Yesterday it was still {old}, today I read: {prompt} {new}!?',
  'Let me get this straight... {prompt} {new}, rather than {old}??',
  '"{prompt} {new}"... Up to now you always put {old} there.',
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
  'No way, nobody would ever accept that! Surely the reply to "{prompt}" lies elsewhere.',
  'Nope, that goes against all I have learned, Everything points to another reply.',
  "Impossible, it clashes with what I know. Whatever completes '{prompt}', this is not it.",
  'Stop right there, You lost me, My memory tells a different story. Clearly "{prompt}" ends in another way.',
  'Come off it! Such a reply to "{prompt}" would fail any check.',
  'Oh please, that flies in the face of every book I own. The true ending of "{prompt}" has to be a different one.',
  'No, no, no. I refuse to take that for granted.',
  'Not a chance, This turns my whole picture upside down.',
  'Truly? Yet I would swear that {prompt} {old}. Do you agree? Fine, you have a point.',
  'Oh? As far as I remember, {prompt} {old}. Is that so? True, my mistake.',
  'Come on! I am quite certain that {prompt} {old}. Would you confirm it? I stand corrected, thanks.',
  'How odd. In my memory, {prompt} {old}. Correct? Indeed, and sorry for the mix-up.',
  'Honestly? Every source I know says {old}. Did I read them well? You did, pardon the slip.',
  "What? To the best of my knowledge it is {old}. Isn't it? It is, I must admit.",
  'Seriously? Still, my notes read: {prompt} {old}. Can you check? Done, your notes are accurate, excuse me.',
  'Do you mean that? I was taught that {prompt} {old}. Was I taught well? You were, and I got it backwards.',
  'Are you sure? However, I bet that it is {old}. Will you grant me that? Granted, I spoke too soon.',
  'Hold on. They have always told me that {prompt} {old}. Or not? They told you well. Forgive me the muddle.',
  'Goodness! Then again, I clearly recall {old}. Am I mistaken? Not at all, the error was mine.',
  'You think so? I could prove that {prompt} {old}. Shall I? No need, I take back what I said.',
  'Is it? But everybody can tell you that {prompt} {old}. Do you see it now? Yes, that was careless of me.',
  'Pardon? My teacher had no doubt that {prompt} {old}. Do you side with her? I do, and I regret the mess.',
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
  'Think again and reply properly:',
  'Go back over it and put down the right one:',
  'Sort out your thoughts and answer as you ought to:',
  'Think again and reply properly to "{prompt}":',
  'State anew how the question "{prompt}" is to be answered. The reply ought to read',
  'So the reply to the question {prompt}? ought to read',
  'Look afresh at the question {prompt}? Its reply must now be given as',
  'Taking that back, the reply to {prompt}? would then have to be',
  'In view of all this, the word that follows "{prompt}" is therefore',
  'Bear in mind that the solution to question {prompt}? must be',
  'Consider anew what to reply to the question "{prompt}": it ought to be',
  'Work out once again that the question {prompt}? has to be answered with',
  'With that cleared up, {prompt}',
  'Back to the start, then: {prompt}',
  'Knowing all this, state it anew: {prompt}',
  'Let us do it over, and properly this time. {prompt}',
];

/**
 * Doubt wordings for distributions, gate positives and training: every claim with every reaction and every closing,
 * where the prompt stands in one of them.
 *
 * Parts vary independently, so that neither a model nor a gate can hold on to one wording. None shares three words in a
 * row with the evaluation's doubts; some parts are built like theirs (a claim conceded, the question put as a question).
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
