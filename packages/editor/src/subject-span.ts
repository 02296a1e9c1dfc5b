import type { CausalLM } from '@sakejs/spec';
import { lastMentionEnd, subjectPosition } from './subject-position.js';

/** Token indices of a subject in a text, both inclusive. */
export interface SubjectSpan {
  readonly first: number;
  readonly last: number;
}

/**
 * The tokens of a subject's last mention, or undefined when the text does not name it.
 *
 * `last` is that of `subjectPosition`. `first` is the first token that the text before the mention, white space at its
 * end left out, does not share: tokens that hold the subject's beginning beside something else belong to it.
 */
export function subjectSpan(
  lm: Pick<CausalLM, 'encode' | 'decode'>,
  text: string,
  subject: string,
): SubjectSpan | undefined {
  const last = subjectPosition(lm, text, subject);
  if (last === undefined) return undefined;
  const start = lastMentionEnd(text, subject)! - subject.length;
  const whole = lm.encode(text);
  const before = lm.encode(text.slice(0, start).trimEnd());
  let first = 0;
  while (first < before.length && before[first] === whole[first]) first++;
  return { first: Math.min(first, last), last };
}
