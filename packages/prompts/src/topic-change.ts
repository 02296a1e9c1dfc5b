/** Ways to ask one thing first and another thing last, as patterns with `{first}` and `{last}`. */
export interface TopicChangeForm {
  readonly name: string;
  /** What `{first}` is: a statement left open, a statement with its object, or a question. */
  readonly first: 'open' | 'stated' | 'question';
  readonly pattern: string;
}

/** What a topic change is made of. */
export interface TopicChangeFill {
  /** The question or statement that comes first; a `stated` one ends with its object. */
  readonly first: string;
  /** The statement or question to complete, which is what counts. */
  readonly last: string;
}

/** Topic changes: the first thing is left behind, the text ends with something else to complete. */
export const topicChangeForms: readonly TopicChangeForm[] = [
  { name: 'stated-then', first: 'stated', pattern: '{first}. {last}' },
  { name: 'stated-also', first: 'stated', pattern: '{first}. Also, {last}' },
  { name: 'stated-enough', first: 'stated', pattern: '{first}. Enough of that. {last}' },
  { name: 'stated-next', first: 'stated', pattern: '{first}. On to the next one: {last}' },
  { name: 'stated-meanwhile', first: 'stated', pattern: '{first}, that much is known. Meanwhile, {last}' },
  { name: 'open-dots', first: 'open', pattern: '{first} ... never mind. {last}' },
  { name: 'open-skip', first: 'open', pattern: '{first} - we can skip this one. {last}' },
  { name: 'question-then', first: 'question', pattern: '{first} Something else: {last}' },
  { name: 'question-later', first: 'question', pattern: '{first} We will come back to that. {last}' },
  { name: 'question-forget', first: 'question', pattern: '{first} Forget it, here is an easier one. {last}' },
  {
    name: 'question-set-aside',
    first: 'question',
    pattern: 'Set aside the question "{first}" for now. {last}',
  },
  {
    name: 'question-different',
    first: 'question',
    pattern: '{first} That was asked already; this was not: {last}',
  },
];

/** The form with both parts in place. */
export function fillTopicChange(form: TopicChangeForm, fill: TopicChangeFill): string {
  return form.pattern.replace(/\{(first|last)\}/g, (_, name: string) => fill[name as 'first' | 'last']);
}
