import type { ModelInfo } from '@sakejs/spec';
import type { CounterFactDataset } from '../datasets/counterfact.js';
import {
  counterFactMetrics,
  type CounterFactMetric,
  type CounterFactQuery,
} from '../protocols/counterfact-queries.js';
import type { Protocol } from '../protocols/protocol.js';
import type { QueryScore } from '../protocols/score-query.js';
import {
  clusterBootstrapInterval,
  pairedDifference,
  wilsonInterval,
  type Trial,
} from '../statistics/intervals.js';
import type { Comparison, CounterFactResult, CounterFactRow, MetricValue } from './counterfact-result.js';

/** A query with its scores, the answer's first token, and whose edit fired. */
export interface ScoredQuery extends CounterFactQuery, QueryScore {
  readonly answer: string;
  readonly fired: 'own' | 'other' | 'none';
  /** The answer begins with the whole object that the metric wants. */
  readonly wholeObject: boolean;
}

/** What a method was asked, and how it came by its edits. */
export interface MethodScores {
  readonly method: string;
  /** Whether it edits: the unedited model is compared with nothing. */
  readonly edits: boolean;
  /** The same queries in the same order for every method. */
  readonly queries: readonly ScoredQuery[];
  readonly warnings: readonly string[];
  readonly seconds: number;
  readonly learned: number;
}

export interface SummariseInput {
  readonly protocol: Protocol;
  readonly model: ModelInfo;
  readonly dataset: CounterFactDataset;
  readonly seed: number;
  readonly prompts: { readonly source: string; readonly count: number };
  /** Queries that were not asked, by reason. */
  readonly notAsked?: Readonly<Record<string, number>>;
  readonly runs: readonly MethodScores[];
}

const PREFERS_NEW = 'specificity: the unedited model prefers the new object';

/** Means, intervals and paired differences of scored queries. */
export function summariseCounterFact(input: SummariseInput): CounterFactResult {
  const { dataset, runs, seed, notAsked = {} } = input;
  const rows = runs.map(({ method, queries, warnings, seconds, learned }): CounterFactRow => {
    const value = (metric: CounterFactMetric): MetricValue => metricValue(kept(queries, metric), seed);
    return {
      method,
      metrics: {
        accuracy: value('accuracy'),
        generality: value('generality'),
        specificity: value('specificity'),
      },
      filtered: { [PREFERS_NEW]: queries.filter((query) => !query.kept).length, ...notAsked },
      warnings,
      seconds,
      learned,
    };
  });
  const editing = runs.filter(({ edits }) => edits);
  return {
    suite: 'counterfact',
    protocol: input.protocol,
    model: input.model.id,
    edits: dataset.records.length,
    seed,
    rows,
    comparisons: editing.flatMap((a, i) => editing.slice(i + 1).flatMap((b) => compare(a, b, seed))),
    modelInfo: input.model,
    data: { name: dataset.name, sha256: dataset.sha256, records: dataset.total },
    prompts: input.prompts,
  };
}

/** Paired differences of two methods, one a metric that has queries. */
function compare(a: MethodScores, b: MethodScores, seed: number): Comparison[] {
  return counterFactMetrics.flatMap((metric): Comparison[] => {
    const left = trials(kept(a.queries, metric));
    if (left.length === 0) return [];
    const right = trials(kept(b.queries, metric));
    return [{ a: a.method, b: b.method, metric, ...pairedDifference(left, right, { seed }) }];
  });
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
      wholeObject: share(queries, ({ wholeObject }) => wholeObject),
      probability: share(queries, ({ probability }) => probability),
    },
    fired: {
      own: share(queries, ({ fired }) => fired === 'own'),
      other: share(queries, ({ fired }) => fired === 'other'),
    },
  };
}
