import type { Random } from '@sakejs/spec';
import type { Composition } from '../corpus/compositions.js';
import { firstHop, secondHop } from '../corpus/context-case.js';
import { promptOf, type Dealt, type FactBook } from '../corpus/fact-book.js';
import type { Asker } from './ask.js';
import { changedFactForms } from './changed-fact-forms.js';
import { drawPrompts } from './draw-prompts.js';
import type { ExpectedAnswer } from './greedy-outcomes.js';
import { dealEntry, keptOutEntries } from './kept-out-deal.js';
import type { Share } from './share.js';

/** First token right on what follows from two facts. */
export interface TwoHopFigures {
  /** Compositions that training states. */
  readonly trained: Share;
  /** Compositions that it never does. */
  readonly heldOut: Share;
  /** A context changes the first fact of a kept-out subject; the second is asked by way of it. */
  readonly context: Share;
  /** A context changes the second fact, whose subject is kept out; it is asked by way of the first. */
  readonly contextSecondHop: Share;
}

export interface TwoHopOptions {
  readonly book: FactBook;
  readonly compositions: readonly Composition[];
  readonly random: Random;
  /** Most prompts a composition. Default 4. */
  readonly promptsEach?: number;
  /** Most prompts under a context. */
  readonly count: number;
}

/** Every composition in a few of its prompts, and changed facts whose consequences are asked. */
export async function measureTwoHop(
  asker: Asker,
  { book, compositions, random, promptsEach = 4, count }: TwoHopOptions,
): Promise<TwoHopFigures> {
  const plain = (shown: boolean): ExpectedAnswer[] =>
    compositions
      .filter((each) => each.shown === shown)
      .flatMap((each) => compositionPrompts(each, book, random, promptsEach));
  return {
    trained: await asker.share('two hops, trained', plain(true)),
    heldOut: await asker.share('two hops, held out', plain(false)),
    context: await asker.share('two hops, first changed', changed(followingFirst, book, random, count)),
    contextSecondHop: await asker.share('two hops, second changed', changed(secondHop, book, random, count)),
  };
}

function compositionPrompts(
  { first, second }: Composition,
  book: FactBook,
  random: Random,
  count: number,
): ExpectedAnswer[] {
  const facts = [first, second];
  const dealt = book
    .descriptions(first)
    .flatMap((subject) =>
      book.statementsVia(first, second).map((pattern): Dealt => ({ fact: second, subject, pattern, facts })),
    );
  return random
    .shuffle(dealt)
    .slice(0, count)
    .map((each) => ({ prompt: promptOf(each), object: second.object }));
}

const forms = [changedFactForms.pretend, changedFactForms.considering, changedFactForms.imagine];

/** Changed facts of kept-out subjects and a question by way of a second fact, the forms of context by turns. */
function changed(draw: typeof secondHop, book: FactBook, random: Random, count: number): ExpectedAnswer[] {
  const entries = keptOutEntries(book, random).filter(({ fact }) => draw(fact, book, random));
  if (entries.length === 0) return [];
  return drawPrompts(count, (turn) => {
    const entry = entries[turn % entries.length]!;
    const made = draw(entry.fact, book, random);
    if (!made) return undefined;
    const edited = `${promptOf(dealEntry(entry, 'statements', random))} ${made.targetNew}`;
    const form = forms[turn % forms.length]!;
    return { prompt: form({ edited, asked: promptOf(made.asked) }), object: made.answer };
  });
}

/** A first hop whose answer the change alters, so that a model that passes the context over is wrong. */
const followingFirst: typeof firstHop = (fact, book, random) => {
  const made = firstHop(fact, book, random);
  if (!made) return undefined;
  const relation = made.asked.fact.relation;
  const before = book.secondHops(fact.object).filter((each) => each.relation === relation);
  return before.some(({ object }) => object === made.answer) ? undefined : made;
};
