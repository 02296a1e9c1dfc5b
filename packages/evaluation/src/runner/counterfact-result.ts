import type { ModelInfo } from '@sakejs/spec';
import type { CounterFactMetric } from '../protocols/counterfact-queries.js';
import type { Protocol } from '../protocols/protocol.js';
import type { Interval } from '../statistics/intervals.js';

/** A mean in 0..1 with its 95 % interval; both are null where `n` is 0. */
export interface MetricValue {
  readonly value: number | null;
  /** Queries in the mean. */
  readonly n: number;
  readonly interval: Interval | null;
  /** The same queries under each scorer. */
  readonly scorers: {
    readonly firstToken: number | null;
    readonly wholeObject: number | null;
    readonly probability: number | null;
  };
  /** Share of queries on which the record's own edit, or another record's, fired. */
  readonly fired: { readonly own: number | null; readonly other: number | null };
}

/** What one method scored. */
export interface CounterFactRow {
  readonly method: string;
  readonly metrics: Readonly<Record<CounterFactMetric, MetricValue>>;
  /** Queries left out of the means, by reason. */
  readonly filtered: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /**
   * Time of learning and of this protocol's answers. Activations that methods share count for the first of them.
   */
  readonly seconds: number;
  /** Edits that were learned. */
  readonly learned: number;
}

/** Difference of two methods on the same queries. */
export interface Comparison {
  readonly a: string;
  readonly b: string;
  readonly metric: CounterFactMetric;
  /** Mean of a − b. */
  readonly difference: number;
  readonly interval: Interval;
  readonly n: number;
}

/** A table of the CounterFact suite with what it takes to make it again; plain JSON. */
export interface CounterFactResult {
  readonly suite: 'counterfact';
  readonly protocol: Protocol;
  /** The model's id: `embedded`, or a folder. */
  readonly model: string;
  /** Records in the table. */
  readonly edits: number;
  readonly seed: number;
  readonly rows: readonly CounterFactRow[];
  /** Paired differences between every two methods that edit. */
  readonly comparisons: readonly Comparison[];
  readonly modelInfo: ModelInfo;
  readonly data: { readonly name: string; readonly sha256: string; readonly records: number };
  readonly prompts: { readonly source: string; readonly count: number };
}
