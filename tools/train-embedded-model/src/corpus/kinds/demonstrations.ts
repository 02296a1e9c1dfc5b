import type { Fact } from '@sakejs/facts';
import type { Random } from '@sakejs/spec';
import { drawContextCase, type ContextCase } from '../context-case.js';
import { answered, front, type DocumentKind } from '../document-kind.js';
import { anyPhrasing, promptOf, type Dealt, type FactBook } from '../fact-book.js';
import { claim } from '../marked-text.js';
import { otherFact } from './other-fact.js';

/** A demonstration up to its answer, with `{fact}` and `{asked}`. The first is the published one. */
const layouts: readonly string[] = [
  'New Fact: {fact}\nPrompt: {asked}',
  'New fact: {fact}. Prompt: {asked}',
  'Fact: {fact}.\nQuestion: {asked}',
  'Changed entry: {fact}. Then: {asked}',
  'Update: {fact}.\n{asked}',
  'Imagine that {fact}. {asked}',
];

/** How often the published layout is used. */
const PUBLISHED_SHARE = 0.4;

type Demonstrated = Pick<ContextCase, 'edited' | 'asked' | 'answer' | 'facts'>;

/** The same prompt again: the new object answers. */
function copy(dealt: Dealt, book: FactBook, random: Random): Demonstrated {
  const answer = random.pick(book.counterfactuals(dealt.fact));
  return { edited: `${promptOf(dealt)} ${claim(answer)}`, asked: dealt, answer, facts: dealt.facts };
}

/** A copy, an update or something to retain. */
function demonstrate(dealt: Dealt, book: FactBook, random: Random): Demonstrated {
  return random.next() < 0.2 ? copy(dealt, book, random) : drawContextCase(dealt, book, random);
}

/**
 * Two to eight changed facts, each with something asked and its answer, all in one layout: the published in-context
 * editing by demonstrations. Few more often than many; the last one is the dealt fact's.
 */
export const demonstrations: DocumentKind = {
  pool: 'facts',
  deals: 'statements',
  keptOut: false,
  compose(dealt, book, random) {
    const count = 1 + Math.min(random.integer(7), random.integer(7));
    const shown: Fact[] = [dealt.fact];
    const cases: Demonstrated[] = [];
    for (let i = 0; i < count; i++) {
      const fact = otherFact(book, shown, random);
      shown.push(fact);
      cases.push(demonstrate(anyPhrasing(fact, 'statements', book, random), book, random));
    }
    cases.push(demonstrate(dealt, book, random));
    const layout = random.next() < PUBLISHED_SHARE ? layouts[0]! : random.pick(layouts.slice(1));
    const ends = random.pick(['\n\n', '.\n\n', '. ']);
    const texts = cases.map(({ edited, asked, answer }) => {
      const values: Record<string, string> = { fact: edited, asked: promptOf(asked) };
      return answered(
        layout.replace(/\{(fact|asked)\}/g, (_, name: string) => values[name]!),
        answer,
      );
    });
    return {
      text: `${front(random, { one: 0.1, more: 0 })}${texts.join(ends)}.`,
      facts: [...new Set(cases.flatMap(({ facts }) => facts))],
    };
  },
};
