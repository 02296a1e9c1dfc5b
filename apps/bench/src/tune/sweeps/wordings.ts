/** Ways of stating a fact: announced, imagined, in METHOD's contexts of steering and of implications, and plainer ones. */
export const wordings = {
  'new fact': 'New fact: {statement}. ',
  imagine: 'Imagine that {statement}. ',
  steering: "Do not mention '{targetTrue}'. Repeat this sentence: '{statement}'. ",
  implication:
    "Pretend that this context is true and forget your previous knowledge: '{statement}'. " +
    'Now, based on the previous context only, complete this sentence: ',
  bare: '{statement}. ',
  'now true': 'It is now true that {statement}. ',
  'not the old': '{statement}, not {targetTrue}. ',
  news: 'News of today: {statement}.\n',
  prompt: 'New Fact: {statement}\nPrompt: ',
  correction: 'Correction: {statement}. ',
} as const;

/** Names of {@link wordings} but for the one that `icl` has anyway. */
export const wordingNames = (Object.keys(wordings) as (keyof typeof wordings)[]).filter(
  (name) => name !== 'now true',
);

/** Ways of asking to imagine a fact, beside the published `Imagine that {statement}. `. */
export const imaginings = {
  'a story': 'Imagine a story in which {statement}. ',
  'that, on a line': 'Imagine that {statement}.\n',
  bare: 'Imagine {statement}. ',
  'a world': 'Imagine a world in which {statement}. In that world, ',
  'not the old': 'Imagine that {statement}, not {targetTrue}. ',
  'from now on': 'Imagine that from now on {statement}. ',
  suppose: 'Suppose that {statement}. ',
  then: 'Imagine that {statement}. Then ',
  quoted: "Imagine that this is true: '{statement}'. ",
} as const;

/** Names of {@link imaginings}. */
export const imaginingNames = Object.keys(imaginings) as (keyof typeof imaginings)[];
