import type { Fact } from '@sakejs/facts';
import { createRandom, SakeError } from '@sakejs/spec';
import { createDeal } from './deal.js';
import {
  defaultPlan,
  documentKinds,
  type CorpusPlan,
  type Dealt,
  type DocumentKind,
  type DocumentKindName,
} from './document-kinds.js';
import { createFactBook } from './fact-book.js';
import { scheduleKinds } from './kind-schedule.js';
import { toSegments, type Segment } from './marked-text.js';
import type { Dataset } from './plan-dataset.js';

export interface TrainingDocument {
  readonly index: number;
  readonly kind: DocumentKindName;
  readonly segments: readonly Segment[];
  /** The facts whose subjects it asks of. */
  readonly facts: readonly Fact[];
}

/** An endless stream of training documents, readable at any index. */
export interface Corpus {
  readonly dataset: Dataset;
  readonly plan: CorpusPlan;
  /** @throws {SakeError} `invalid-option` when the index is no integer >= 0. */
  document(index: number): TrainingDocument;
}

export interface CorpusOptions {
  /** Default {@link defaultPlan}. */
  readonly plan?: CorpusPlan;
  /** Default the dataset's. */
  readonly seed?: number;
}

/**
 * The training text of a dataset. `document(index)` is a pure function of (dataset, plan, seed, index), so training
 * resumes anywhere without replaying. It costs the same at any index; reading in order is fastest.
 *
 * No document has a withheld phrasing with its subject, the new object of a record with its fact, a kept-out subject in
 * a steering context, or a reserved test sentence.
 */
export function createCorpus(
  dataset: Dataset,
  { plan = defaultPlan, seed = dataset.seed }: CorpusOptions = {},
): Corpus {
  const book = createFactBook(dataset);
  const kindAt = scheduleKinds(plan, seed);
  const pools = new Map<string, Dealt[]>();
  const poolOf = ({ deals, keptOut }: DocumentKind): Dealt[] => {
    const key = `${deals} ${keptOut}`;
    let pool = pools.get(key);
    if (!pool) {
      pool = dataset.facts
        .filter(({ subject }) => keptOut || !dataset.keptOut.has(subject))
        .flatMap((fact) => book[deals](fact).map((pattern) => ({ fact, pattern })));
      pools.set(key, pool);
    }
    return pool;
  };
  const dealers = new Map(
    (Object.keys(documentKinds) as DocumentKindName[]).map((name) => {
      const pool = poolOf(documentKinds[name]);
      const deal = createDeal(pool.length, `${seed}/deal/${name}`);
      return [name, (turn: number): Dealt => pool[deal(turn)]!];
    }),
  );
  return {
    dataset,
    plan,
    document(index) {
      if (!Number.isInteger(index) || index < 0)
        throw new SakeError('invalid-option', `document: expected an integer index >= 0, got ${index}`);
      const { kind, ordinal } = kindAt(index);
      const random = createRandom(`${seed}/document/${index}`);
      const { text, facts } = documentKinds[kind].compose(dealers.get(kind)!(ordinal), book, random);
      return { index, kind, segments: toSegments(text), facts };
    },
  };
}

/** A document's text without its marks. */
export function documentText({ segments }: TrainingDocument): string {
  return segments.map(({ text }) => text).join('');
}
