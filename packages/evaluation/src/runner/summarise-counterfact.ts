import type { ModelInfo } from '@sakejs/spec';
import type { CounterFactDataset } from '../datasets/counterfact.js';
import {
  counterFactMetrics,
  type CounterFactMetric,
  type CounterFactQuery,
} from '../protocols/counterfact-queries.js';
import type { QueryScore } from '../protocols/score-query.js';
import {
  clusterBootstrapInterval,
  pairedDifference,
  wilsonInterval,
  type Interval,
  type Trial,
} from '../statistics/intervals.js';

/** A query with its scores, the answer's first token, and whose edit fired. */
export interface ScoredQuery extends CounterFactQuery, QueryScore {
  readonly answer: string;
  readonly fired: 'own' | 'other' | 'none';
}

/** A mean in 0..1 with its 95 % interval; `n` = 0 has neither. */
export interface MetricValue {
  readonly value: number | null;
  readonly n: number;
  readonly interval: Interval | null;
  readonly scorers: { readonly firstToken: number | null; readonly probability: number | null };
  /** Share of queries on which the record's own edit, or another record's, fired. */
  readonly fired: { readonly own: number | null; readonly other: number | null };
}

export interface CounterFactRow {
  readonly method: string;
  readonly metrics: Readonly<Record<CounterFactMetric, MetricValue>>;
  /** Queries left out of the means, by reason. */
  readonly filtered: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /** Time spent learning and answering, captures shared between methods counted where they were made. */
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

export interface CounterFactResult {
  readonly suite: 'counterfact';
  readonly protocol: 'paper' | 'strict';
  readonly model: ModelInfo;
  readonly data: { readonly name: string; readonly sha256: string; readonly records: number };
  readonly prompts: { readonly source: string; readonly count: number };
  readonly edits: number;
  readonly seed: number;
  readonly rows: readonly CounterFactRow[];
  /** Paired differences between every two methods that edit. */
  readonly comparisons: readonly Comparison[];
}

export interface SummariseInput {
  readonly protocol: 'paper' | 'strict';
  readonly model: ModelInfo;
  readonly dataset: CounterFactDataset;
  readonly seed: number;
  readonly prompts: { readonly source: string; readonly count: number };
  readonly runs: readonly {
    readonly method: string;
    readonly queries: readonly ScoredQuery[];
    readonly warnings: readonly string[];
    readonly seconds: number;
    readonly edits: number;
  }[];
}

const FILTER = 'specificity: unedited model prefers the new object';

/** Means, intervals and paired differences of scored queries. */
export function summariseCounterFact(input: SummariseInput): CounterFactResult {
  const { dataset, runs, seed } = input;
  const rows = runs.map(({ method, queries, warnings, seconds, edits }): CounterFactRow => ({
    method,
    metrics: Object.fromEntries(
      counterFactMetrics.map((metric) => [metric, metricValue(kept(queries, metric), seed)]),
    ) as Record<CounterFactMetric, MetricValue>,
    filtered: { [FILTER]: queries.filter((query) => !query.kept).length },
    warnings,
    seconds,
    learned: edits,
  }));
  const editing = runs.filter(({ method }) => method !== 'none');
  const comparisons = editing.flatMap((a, i) =>
    editing.slice(i + 1).flatMap((b) =>
      counterFactMetrics.flatMap((metric): Comparison[] => {
        const trialsA = trials(kept(a.queries, metric));
        if (trialsA.length === 0) return [];
        return [
          {
            a: a.method,
            b: b.method,
            metric,
            ...pairedDifference(trialsA, trials(kept(b.queries, metric)), { seed }),
          },
        ];
      }),
    ),
  );
  return {
    suite: 'counterfact',
    protocol: input.protocol,
    model: input.model,
    data: { name: dataset.name, sha256: dataset.sha256, records: dataset.total },
    prompts: input.prompts,
    edits: dataset.records.length,
    seed,
    rows,
    comparisons,
  };
}

function kept(queries: readonly ScoredQuery[], metric: CounterFactMetric): ScoredQuery[] {
  return queries.filter((query) => query.metric === metric && query.kept);
}

function trials(queries: readonly ScoredQuery[]): Trial[] {
  return queries.map(({ record, success }) => ({ cluster: record, value: success ? 1 : 0 }));
}

function share(queries: readonly ScoredQuery[], holds: (query: ScoredQuery) => boolean): number | null {
  return queries.length === 0 ? null : queries.filter(holds).length / queries.length;
}

function metricValue(queries: readonly ScoredQuery[], seed: number): MetricValue {
  const clusters = new Set(queries.map(({ record }) => record)).size;
  const successes = queries.filter(({ success }) => success).length;
  const interval =
    queries.length === 0
      ? null
      : clusters === queries.length
        ? wilsonInterval(successes, queries.length)
        : clusterBootstrapInterval(trials(queries), { seed });
  return {
    value: share(queries, ({ success }) => success),
    n: queries.length,
    interval,
    scorers: {
      firstToken: share(queries, ({ firstToken }) => firstToken),
      probability: share(queries, ({ probability }) => probability),
    },
    fired: {
      own: share(queries, ({ fired }) => fired === 'own'),
      other: share(queries, ({ fired }) => fired === 'other'),
    },
  };
}
