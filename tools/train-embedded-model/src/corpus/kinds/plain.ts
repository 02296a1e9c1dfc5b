import type { Random } from '@sakejs/spec';
import { cutEnding, cutShort } from '../cut-short.js';
import { answered, front, type DocumentKind, type Draft } from '../document-kind.js';
import { anyPhrasing, askOpenly, promptOf, type Dealt, type FactBook, type PoolName } from '../fact-book.js';

/** Several statements in a row, the dealt one among them. */
function inARow(dealt: Dealt, others: readonly Dealt[], random: Random): Draft {
  const all = random.shuffle([dealt, ...others]);
  return {
    text: all.map((each) => `${answered(promptOf(each), each.fact.object)}.`).join(' '),
    facts: all.flatMap(({ facts }) => facts),
  };
}

/** Any entry of a pool in one of its statements. */
function anyOf(pool: PoolName, book: FactBook, random: Random): Dealt {
  const { fact, subjects, statements, facts } = random.pick(book.pool(pool));
  return { fact, subject: random.pick(subjects), pattern: random.pick(statements), facts };
}

/** A fact in a statement. */
export const statement: DocumentKind = {
  pool: 'facts',
  deals: 'statements',
  keptOut: true,
  compose: (dealt, _, random) => ({
    text: `${front(random, { one: 0.35, more: 0.1 })}${answered(promptOf(dealt), dealt.fact.object)}.`,
    facts: dealt.facts,
  }),
};

/** Three to six facts in a row. */
export const series: DocumentKind = {
  pool: 'facts',
  deals: 'statements',
  keptOut: true,
  compose: (dealt, book, random) =>
    inARow(
      dealt,
      Array.from({ length: 2 + random.integer(4) }, () =>
        anyPhrasing(random.pick(book.facts), 'statements', book, random),
      ),
      random,
    ),
};

/**
 * One to five facts in a row, most of them in statements cut short: the object follows wherever other people would let
 * it follow, `… speaks` and `… speaks the language` beside `… speaks the language of`.
 */
export const cutStatements: DocumentKind = cutRow(cutShort, 0.75);

/** The same, cut where only small words lead over to the object: `… plays the sport` beside `… plays the sport of`. */
export const cutEndings: DocumentKind = cutRow(cutEnding, 0.9);

function cutRow(shorten: (pattern: string, random: Random) => string, share: number): DocumentKind {
  return {
    pool: 'facts',
    deals: 'statements',
    keptOut: true,
    compose: (dealt, book, random) => {
      const cut = (each: Dealt): Dealt =>
        random.next() < share ? { ...each, pattern: shorten(each.pattern, random) } : each;
      const others = Array.from({ length: random.integer(5) }, () =>
        cut(anyPhrasing(random.pick(book.facts), 'statements', book, random)),
      );
      const row = inARow(cut(dealt), others, random);
      return { ...row, text: `${front(random, { one: 0.25, more: 0.05 })}${row.text}` };
    },
  };
}

/** A question in a layout that leaves the answer open. */
export const question: DocumentKind = {
  pool: 'facts',
  deals: 'questions',
  keptOut: true,
  compose: (dealt, _, random) => ({
    text: `${front(random, { one: 0.2, more: 0.05 })}${answered(askOpenly(dealt, random), dealt.fact.object)}.`,
    facts: dealt.facts,
  }),
};

/** One to three facts of people by another name of theirs. */
export const alias: DocumentKind = {
  pool: 'aliases',
  deals: 'statements',
  keptOut: true,
  compose: (dealt, book, random) =>
    inARow(
      dealt,
      Array.from({ length: random.integer(3) }, () => anyOf('aliases', book, random)),
      random,
    ),
};

/** One to three two-hop statements. */
export const twoHop: DocumentKind = {
  pool: 'compositions',
  deals: 'statements',
  keptOut: true,
  compose: (dealt, book, random) => {
    const row = inARow(
      dealt,
      Array.from({ length: random.integer(3) }, () => anyOf('compositions', book, random)),
      random,
    );
    return { ...row, text: `${front(random, { one: 0.2, more: 0 })}${row.text}` };
  },
};
