import type { Fact } from '@sakejs/facts';
import type { Random } from '@sakejs/spec';
import type { FactBook } from '../fact-book.js';

/** Any fact but those given, of a subject that may stand in contexts. */
export function otherFact(book: FactBook, not: readonly Fact[], random: Random): Fact {
  for (;;) {
    const fact = random.pick(book.facts);
    if (!book.isKeptOut(fact) && !not.includes(fact)) return fact;
  }
}
