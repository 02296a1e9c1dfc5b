import type { Fact } from '@sakejs/facts';
import { neutralSentences } from '@sakejs/prompts';
import type { Random } from '@sakejs/spec';
import type { Dealt, FactBook, PoolName } from './fact-book.js';
import { answer } from './marked-text.js';
import { ordinaryText } from './ordinary-text/ordinary-text.js';

/** Marked text with the facts that it asks of. */
export interface Draft {
  readonly text: string;
  readonly facts: readonly Fact[];
}

/** One way to make a document. */
export interface DocumentKind {
  /** What it is dealt: each entry of the pool once before any comes twice, its phrasings by turns. */
  readonly pool: PoolName;
  readonly deals: 'statements' | 'questions';
  /** Whether subjects kept out of contexts may be dealt. */
  readonly keptOut: boolean;
  compose(dealt: Dealt, book: FactBook, random: Random): Draft;
}

/** Shares of documents with one, two or three and more sentences in front. */
export interface FrontShares {
  readonly one: number;
  readonly more: number;
}

/** `''`, or unrelated sentences each followed by a space: neutral ones, ordinary text, or both. */
export function front(random: Random, { one, more }: FrontShares): string {
  const chance = random.next();
  if (chance >= one + more) return '';
  const sentences = chance < more ? 2 + random.integer(3) : 1;
  return Array.from({ length: sentences }, () => `${unrelated(random)} `).join('');
}

/** One unrelated sentence: a quarter of them from the neutral list, which prompt distributions use. */
export function unrelated(random: Random): string {
  return random.next() < 0.25 ? random.pick(neutralSentences) : ordinaryText(random, { sentences: 1 });
}

/** The dealt statement or question with its answer, marked. */
export function answered(prompt: string, object: string): string {
  return `${prompt}${answer(` ${object}`)}`;
}
