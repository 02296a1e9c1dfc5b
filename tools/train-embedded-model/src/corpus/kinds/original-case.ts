import type { Fact } from '@sakejs/facts';
import type { Random } from '@sakejs/spec';
import type { ContextCase } from '../context-case.js';
import { anyPhrasing, promptOf, type Dealt, type FactBook, type PoolEntry } from '../fact-book.js';
import { otherFact } from './other-fact.js';

/** A fact stated as it is, and something asked after it, which is answered truthfully. */
export type OriginalCase = Pick<ContextCase, 'original' | 'asked' | 'answer' | 'facts'>;

/**
 * Draws what is asked after a dealt fact was stated as it is: the fact itself, a two-hop statement that it is part of, or
 * another fact. Two-hop statements are of compositions that training shows: the others stay unsaid.
 */
export function drawOriginalCase(dealt: Dealt, book: FactBook, random: Random): OriginalCase {
  const { fact } = dealt;
  const chance = random.next();
  const asked =
    (chance < 0.4 ? twoHop(fact, book, random) : chance < 0.55 ? another(fact, book, random) : undefined) ??
    (random.next() < 0.25 ? dealt : anyPhrasing(fact, 'statements', book, random));
  return {
    original: `${promptOf(dealt)} ${fact.object}`,
    asked,
    answer: asked.fact.object,
    facts: [fact, ...asked.facts.filter((each) => each !== fact)],
  };
}

function twoHop(fact: Fact, book: FactBook, random: Random): Dealt | undefined {
  const entries = compositionsOf(book).get(fact);
  if (!entries) return undefined;
  const { subjects, statements, ...entry } = random.pick(entries);
  return {
    fact: entry.fact,
    facts: entry.facts,
    subject: random.pick(subjects),
    pattern: random.pick(statements),
  };
}

function another(fact: Fact, book: FactBook, random: Random): Dealt {
  const siblings = book.siblings(fact);
  const other =
    siblings.length > 0 && random.next() < 0.5 ? random.pick(siblings) : otherFact(book, [fact], random);
  return anyPhrasing(other, 'statements', book, random);
}

const byBook = new WeakMap<FactBook, ReadonlyMap<Fact, readonly PoolEntry[]>>();

/** The shown compositions by each of their facts, without those that speak of a kept-out subject. */
function compositionsOf(book: FactBook): ReadonlyMap<Fact, readonly PoolEntry[]> {
  const known = byBook.get(book);
  if (known) return known;
  const made = new Map<Fact, PoolEntry[]>();
  for (const entry of book.pool('compositions')) {
    if (entry.statements.length === 0 || entry.facts.some((fact) => book.isKeptOut(fact))) continue;
    for (const fact of entry.facts) made.set(fact, [...(made.get(fact) ?? []), entry]);
  }
  byBook.set(book, made);
  return made;
}
