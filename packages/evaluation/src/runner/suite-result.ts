import type { ModelInfo } from '@sakejs/spec';
import type { MetricUnit } from '../metrics/metric.js';
import type { Protocol } from '../protocols/protocol.js';
import type { Interval } from '../statistics/intervals.js';
import type { SuiteData } from '../suites/suite.js';
import type { QueryOutcome } from './outcome.js';

/** A mean with its 95 % interval; both are null where `n` is 0. */
export interface MetricValue {
  readonly value: number | null;
  /** Queries in the mean. */
  readonly n: number;
  readonly interval: Interval | null;
  /** The same queries under each scorer; null where it has nothing to look at. */
  readonly scorers: {
    readonly firstToken: number | null;
    readonly wholeObject: number | null;
    readonly probability: number | null;
  };
  /** Share of queries on which the case's own edit, or another one's, fired. */
  readonly fired: { readonly own: number | null; readonly other: number | null };
}

/** What an edit costs, over those that were learned. */
export interface EditCost {
  /** Mean time to learn, in seconds. Activations that methods share count for the first of them. */
  readonly seconds: number | null;
  /** Mean size, in bytes of stored tensors. */
  readonly bytes: number | null;
  /**
   * Largest growth of the process's resident memory while one was learned, in bytes: the first edit pays for what a method
   * opens once, and what the process had free already does not show. Null where it was not measured.
   */
  readonly memory: number | null;
}

/** Work that failed; its queries count as failures. */
export interface UnitError {
  /** The record: `case_id 12`. */
  readonly case: string;
  readonly what: 'learning' | 'scoring';
  readonly code: string;
  readonly message: string;
}

/** What one method scored. */
export interface SuiteRow {
  readonly method: string;
  readonly metrics: Readonly<Record<string, MetricValue>>;
  /** Queries left out of the means, by `metric: reason`. */
  readonly filtered: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  readonly errors: readonly UnitError[];
  /** Time of learning and of this protocol's answers, in seconds. */
  readonly seconds: number;
  /** Edits that were learned. */
  readonly learned: number;
  readonly cost: EditCost;
}

/** Difference of two methods on the queries that both kept. */
export interface Comparison {
  readonly a: string;
  readonly b: string;
  readonly metric: string;
  /** Mean of a − b. */
  readonly difference: number;
  readonly interval: Interval;
  readonly n: number;
}

/** A column of the table. */
export interface MetricColumn {
  readonly name: string;
  readonly higherIsBetter: boolean;
  readonly unit: MetricUnit;
  /** The columns whose harmonic mean it is; absent for a metric of its own. */
  readonly of?: readonly string[];
}

/** A suite's table under one protocol with what it takes to make it again; plain JSON. */
export interface SuiteResult {
  readonly suite: string;
  readonly title: string;
  /** The protocol's name; a changed one says what differs. */
  readonly protocol: string;
  readonly protocolSettings: Protocol;
  /** The model's id: `embedded`, or a folder. */
  readonly model: string;
  /** Edits in the table. */
  readonly edits: number;
  readonly seed: number;
  readonly columns: readonly MetricColumn[];
  readonly rows: readonly SuiteRow[];
  /** Paired differences between every two methods that edit. */
  readonly comparisons: readonly Comparison[];
  readonly modelInfo: ModelInfo;
  readonly data: SuiteData;
  readonly prompts: { readonly source: string; readonly count: number };
  /** Every query with its outcome by method; left out unless asked for. */
  readonly queries?: readonly QueryRecord[];
}

/** A query with what each method made of it. */
export interface QueryRecord {
  /** Index of the case in the run. */
  readonly case: number;
  readonly metric: string;
  readonly prompt: string;
  readonly wanted: readonly string[];
  /** By method. */
  readonly outcomes: Readonly<Record<string, QueryOutcome>>;
}
