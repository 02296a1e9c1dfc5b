import type { Fact } from '@sakejs/facts';
import { createRandom, SakeError, type Random } from '@sakejs/spec';
import { createDeal } from './deal.js';
import { answered, type DocumentKind, type Draft } from './document-kind.js';
import { defaultPlan, documentKinds, type CorpusPlan, type DocumentKindName } from './document-kinds.js';
import {
  anyPhrasing,
  createFactBook,
  promptOf,
  type Dealt,
  type FactBook,
  type PoolEntry,
} from './fact-book.js';
import { scheduleKinds } from './kind-schedule.js';
import { toSegments, type Segment } from './marked-text.js';
import { ordinaryText } from './ordinary-text/ordinary-text.js';
import type { Dataset } from './plan-dataset.js';

export interface TrainingDocument {
  readonly index: number;
  readonly kind: DocumentKindName;
  readonly segments: readonly Segment[];
  /** The facts that it asks of. */
  readonly facts: readonly Fact[];
}

/** An endless stream of training documents, readable at any index. */
export interface Corpus {
  readonly dataset: Dataset;
  readonly plan: CorpusPlan;
  /** @throws {SakeError} `invalid-option` when the index is no integer >= 0. */
  document(index: number): TrainingDocument;
  /** A second stream: the same kinds behind text and facts, of up to `longFront` characters in all. */
  longDocument(index: number): TrainingDocument;
}

export interface CorpusOptions {
  /** Default {@link defaultPlan}. */
  readonly plan?: CorpusPlan;
  /** Default the dataset's. */
  readonly seed?: number;
  /** Most characters in front of a long document. Default {@link LONGEST_FRONT}. */
  readonly longFront?: number;
}

/** Most characters in front of a long document unless told otherwise; about 450 tokens. */
export const LONGEST_FRONT = 1500;

/**
 * The training text of a dataset. `document(index)` is a pure function of (dataset, plan, seed, index), so training
 * resumes anywhere without replaying. It costs the same at any index; reading in order is fastest.
 *
 * No document has a withheld phrasing with its subject, the new object of a record with its fact, a kept-out subject in
 * a context that changes a fact, or a reserved test sentence.
 */
export function createCorpus(
  dataset: Dataset,
  { plan = defaultPlan, seed = dataset.seed, longFront = LONGEST_FRONT }: CorpusOptions = {},
): Corpus {
  const book = createFactBook(dataset);
  const short = createStream(book, plan, String(seed));
  const long = createStream(book, plan, `${seed}/long`);
  return {
    dataset,
    plan,
    document: (index) => finish(index, short(index)),
    longDocument(index) {
      const { kind, draft, random } = long(index);
      const behind = fill(book, random.integer(longFront) - draft.text.length, random);
      return finish(index, {
        kind,
        draft: { text: behind.text + draft.text, facts: [...behind.facts, ...draft.facts] },
      });
    },
  };
}

interface Drawn {
  readonly kind: DocumentKindName;
  readonly draft: Draft;
}

function finish(index: number, { kind, draft }: Drawn): TrainingDocument {
  return { index, kind, segments: toSegments(draft.text), facts: draft.facts };
}

/** The drafts of one stream, each a pure function of its index. */
function createStream(
  book: FactBook,
  plan: CorpusPlan,
  seed: string,
): (index: number) => Drawn & { readonly random: Random } {
  const kindAt = scheduleKinds(possiblePlan(plan, book), seed);
  const dealers = new Map(
    (Object.keys(documentKinds) as DocumentKindName[])
      .filter((name) => poolOf(documentKinds[name], book).length > 0)
      .map((name) => [name, createDealer(documentKinds[name], book, `${seed}/deal/${name}`)]),
  );
  return (index) => {
    if (!Number.isInteger(index) || index < 0)
      throw new SakeError('invalid-option', `document: expected an integer index >= 0, got ${index}`);
    const { kind, ordinal } = kindAt(index);
    const random = createRandom(`${seed}/document/${index}`);
    const dealt = dealers.get(kind)!(ordinal, random);
    return { kind, draft: documentKinds[kind].compose(dealt, book, random), random };
  };
}

/** What a kind may be dealt. */
function poolOf({ pool, deals, keptOut }: DocumentKind, book: FactBook): readonly PoolEntry[] {
  return book
    .pool(pool)
    .filter((entry) => entry[deals].length > 0 && (keptOut || !entry.facts.some(book.isKeptOut)));
}

/** The plan with the shares of kinds that have nothing to be dealt, such as aliases without people, as statements. */
function possiblePlan(plan: CorpusPlan, book: FactBook): CorpusPlan {
  const possible: Record<string, number> = { ...plan };
  for (const name of Object.keys(plan) as DocumentKindName[])
    if (poolOf(documentKinds[name], book).length === 0) {
      possible['statement'] = (possible['statement'] ?? 0) + plan[name]!;
      possible[name] = 0;
    }
  return possible;
}

/** Deals a kind's pool: every entry once a round, and an entry's phrasings each once before any comes twice. */
function createDealer(
  kind: DocumentKind,
  book: FactBook,
  seed: string,
): (turn: number, random: Random) => Dealt {
  const pool = book
    .pool(kind.pool)
    .filter((entry) => entry[kind.deals].length > 0 && (kind.keptOut || !entry.facts.some(book.isKeptOut)));
  const deal = createDeal(pool.length, seed);
  return (turn, random) => {
    const at = deal(turn);
    const { fact, subjects, facts, [kind.deals]: patterns } = pool[at]!;
    const round = Math.floor(turn / pool.length);
    const order = createRandom(`${seed}/${at}/${Math.floor(round / patterns.length)}`).shuffle(patterns);
    return { fact, facts, subject: random.pick(subjects), pattern: order[round % patterns.length]! };
  };
}

/** Ordinary sentences and facts by turns of chance, of at least `length` characters; nothing for a length below 1. */
function fill(book: FactBook, length: number, random: Random): Draft {
  const parts: string[] = [];
  const facts: Fact[] = [];
  for (let size = 0; size < length; size += parts.at(-1)!.length + 1) {
    const isText = random.next() < 0.5;
    if (isText) parts.push(ordinaryText(random, { sentences: 1 }));
    else {
      const dealt = anyPhrasing(random.pick(book.facts), 'statements', book, random);
      parts.push(`${answered(promptOf(dealt), dealt.fact.object)}.`);
      facts.push(dealt.fact);
    }
  }
  return { text: parts.map((part) => `${part} `).join(''), facts };
}

/** A document's text without its marks. */
export function documentText({ segments }: TrainingDocument): string {
  return segments.map(({ text }) => text).join('');
}
