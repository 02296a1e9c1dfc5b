import type { Random } from '@sakejs/spec';
import type { Dealt, FactBook, PoolEntry } from '../corpus/fact-book.js';

/** The facts of kept-out subjects, in random order. */
export function keptOutEntries(book: FactBook, random: Random): readonly PoolEntry[] {
  return random.shuffle(book.pool('facts').filter(({ fact }) => book.isKeptOut(fact)));
}

/** An entry in one of its phrasings, drawn by chance. */
export function dealEntry(
  { fact, facts, subjects, ...patterns }: PoolEntry,
  form: 'statements' | 'questions',
  random: Random,
): Dealt {
  return { fact, facts, subject: random.pick(subjects), pattern: random.pick(patterns[form]) };
}
