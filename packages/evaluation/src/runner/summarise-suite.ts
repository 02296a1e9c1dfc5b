import type { ModelInfo } from '@sakejs/spec';
import type { Metric } from '../metrics/metric.js';
import type { Protocol } from '../protocols/protocol.js';
import { harmonicMeanDifference } from '../statistics/harmonic-mean.js';
import { pairedDifference, type Trial } from '../statistics/intervals.js';
import type { HarmonicMean, Suite } from '../suites/suite.js';
import type { Learned } from './learning.js';
import { harmonicMeanValue, meanValue } from './metric-values.js';
import type { QueryOutcome, ScoredQuery } from './outcome.js';
import type { Comparison, EditCost, QueryRecord, SuiteResult, SuiteRow, UnitError } from './suite-result.js';

/** What a method was asked, and how it came by its edits. */
export interface MethodScores {
  readonly method: string;
  /** Whether it edits: the unedited model is compared with nothing. */
  readonly edits: boolean;
  readonly learned: readonly Learned[];
  readonly warnings: readonly string[];
  readonly errors: readonly UnitError[];
  /** The same queries in the same order for every method. */
  readonly queries: readonly ScoredQuery[];
  /** Time of the answers, in seconds. */
  readonly seconds: number;
}

export interface SummariseInput {
  readonly suite: Suite;
  readonly protocol: Protocol;
  readonly model: ModelInfo;
  readonly seed: number;
  readonly prompts: { readonly source: string; readonly count: number };
  readonly withQueries: boolean;
  /** The metric of each query that was not asked. */
  readonly tooLong: readonly string[];
  readonly runs: readonly MethodScores[];
}

const TOO_LONG = "longer than the model's positions";

/** Means, intervals and paired differences of scored queries. */
export function summariseSuite(input: SummariseInput): SuiteResult {
  const { suite, protocol, model, seed, runs } = input;
  const editing = runs.filter(({ edits }) => edits);
  return {
    suite: suite.name,
    title: suite.title,
    protocol: protocol.name,
    protocolSettings: protocol,
    model: model.id,
    edits: suite.cases.length,
    seed,
    columns: [
      ...suite.metrics.map(({ name, higherIsBetter, unit }) => ({ name, higherIsBetter, unit })),
      ...(suite.means ?? []).map(({ name, of }) => ({
        ...{ name, of, higherIsBetter: true, unit: 'share' as const },
      })),
    ],
    rows: runs.map((run) => rowOf(input, run)),
    comparisons: editing.flatMap((a, i) =>
      editing
        .slice(i + 1)
        .flatMap((b) => [
          ...suite.metrics.flatMap((metric) => compare(a, b, metric, seed)),
          ...(suite.means ?? []).flatMap((mean) => compareMeans(a, b, mean, seed)),
        ]),
    ),
    modelInfo: model,
    data: suite.data,
    prompts: input.prompts,
    ...(input.withQueries && { queries: queryRecords(suite, runs) }),
  };
}

function rowOf({ suite, seed, tooLong }: SummariseInput, run: MethodScores): SuiteRow {
  const { queries, learned } = run;
  const of = (metric: string): ScoredQuery[] => queries.filter((query) => query.metric === metric);
  const values = suite.metrics.map(({ name, unit }) => [name, meanValue(of(name), unit, seed)] as const);
  const means = (suite.means ?? []).map(
    ({ name, of: names }) => [name, harmonicMeanValue(names.map(of), seed)] as const,
  );
  return {
    method: run.method,
    metrics: Object.fromEntries([...values, ...means]),
    filtered: counted([
      ...queries.flatMap(({ metric, leftOut }) => (leftOut === undefined ? [] : [`${metric}: ${leftOut}`])),
      ...tooLong.map((metric) => `${metric}: ${TOO_LONG}`),
    ]),
    warnings: run.warnings,
    errors: run.errors,
    seconds: run.seconds + learned.reduce((sum, { seconds }) => sum + seconds, 0),
    learned: learned.filter(({ failure }) => failure === undefined).length,
    cost: costOf(learned),
  };
}

function costOf(learned: readonly Learned[]): EditCost {
  const done = learned.filter(({ failure }) => failure === undefined);
  const mean = (of: (unit: Learned) => number): number | null =>
    done.length === 0 ? null : done.reduce((sum, unit) => sum + of(unit), 0) / done.length;
  const grown = done.flatMap(({ memory }) => memory ?? []);
  return {
    seconds: mean(({ seconds }) => seconds),
    bytes: mean(({ bytes }) => bytes),
    memory: grown.length === 0 ? null : Math.max(...grown),
  };
}

function counted(reasons: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

/** The queries of a metric that both methods keep. */
function pairedTrials(a: MethodScores, b: MethodScores, metric: string): readonly [Trial[], Trial[]] {
  const left: Trial[] = [];
  const right: Trial[] = [];
  for (const [at, query] of a.queries.entries()) {
    const other = b.queries[at]!;
    if (query.metric !== metric || query.value === null || other.value === null) continue;
    left.push({ cluster: query.case, value: query.value });
    right.push({ cluster: query.case, value: other.value });
  }
  return [left, right];
}

/** Paired difference of two methods' harmonic means. */
function compareMeans(
  a: MethodScores,
  b: MethodScores,
  { name, of }: HarmonicMean,
  seed: number,
): Comparison[] {
  const pairs = of.map((metric) => pairedTrials(a, b, metric));
  if (pairs.some(([{ length }]) => length === 0)) return [];
  const { difference, interval } = harmonicMeanDifference(
    pairs.map(([left]) => left),
    pairs.map(([, right]) => right),
    { seed },
  );
  const n = pairs.reduce((sum, [{ length }]) => sum + length, 0);
  return [{ a: a.method, b: b.method, metric: name, difference, interval, n }];
}

/** Paired difference of two methods on the queries of a metric that both keep. */
function compare(a: MethodScores, b: MethodScores, { name, unit }: Metric, seed: number): Comparison[] {
  const [left, right] = pairedTrials(a, b, name);
  if (left.length === 0) return [];
  return [
    {
      a: a.method,
      b: b.method,
      metric: name,
      ...pairedDifference(left, right, { seed, shares: unit === 'share' }),
    },
  ];
}

function queryRecords({ cases }: Suite, runs: readonly MethodScores[]): QueryRecord[] {
  return (runs[0]?.queries ?? []).map(({ case: index, query: at, metric }, position) => {
    const { prompt, wanted } = cases[index]!.queries[at]!;
    const outcomes = runs.map(({ method, queries }): [string, QueryOutcome] => {
      const { case: _case, query: _query, metric: _metric, ...outcome } = queries[position]!;
      return [method, outcome];
    });
    return { case: index, metric, prompt, wanted, outcomes: Object.fromEntries(outcomes) };
  });
}
