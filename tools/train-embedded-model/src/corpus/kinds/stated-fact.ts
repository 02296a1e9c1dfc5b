import type { Random } from '@sakejs/spec';
import type { Dealt } from '../fact-book.js';

/** A fact as a sentence without its full stop, and as it may stand within another sentence. */
export interface StatedFact {
  readonly sentence: string;
  /** The same; half of the time in lower case where it begins with no name and asks nothing. */
  readonly clause: string;
}

/** The sentence, made of a dealt statement, in both shapes. */
export function stateFact(sentence: string, { pattern }: Pick<Dealt, 'pattern'>, random: Random): StatedFact {
  const lower = random.next() < 0.5 && !pattern.startsWith('{}') && !pattern.includes('?');
  return { sentence, clause: lower ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence };
}

/** A wording with `{sentence}` or `{clause}` and the fact in its place. */
export function fillStated(wording: string, stated: StatedFact): string {
  return wording.replace(/\{(sentence|clause)\}/g, (_, shape: keyof StatedFact) => stated[shape]);
}
