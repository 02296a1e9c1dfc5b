import type { Random } from '@sakejs/spec';
import { anyPhrasing, askOpenly, promptOf, type Dealt, type FactBook } from '../fact-book.js';

/** Whether the phrasing is a question, rather than a statement to complete. */
export function isQuestion({ pattern }: Dealt): boolean {
  return pattern.endsWith('?');
}

/** A text that the answer may follow: a statement as it is, a question in a layout that leaves the answer open. */
export function toAnswer(dealt: Dealt, random: Random): string {
  return isQuestion(dealt) ? askOpenly(dealt, random) : promptOf(dealt);
}

/** The same as a statement: a question makes place for any statement of its fact. */
export function asStatement(dealt: Dealt, book: FactBook, random: Random): Dealt {
  return isQuestion(dealt) ? anyPhrasing(dealt.fact, 'statements', book, random) : dealt;
}
