import { SakeError } from '@sakejs/spec';
import type { MetricColumn, SuiteResult, SuiteRow } from '../runner/suite-result.js';
import { holmAdjust } from '../statistics/holm.js';
import { differingCircumstances, type Difference } from './circumstances.js';
import {
  compareHarmonicMean,
  compareMetric,
  compareUnpaired,
  type ComparedMetric,
  type UnjudgedMetric,
  type Verdict,
} from './compare-metric.js';
import { matchResults, tableName } from './match-results.js';
import { pairQueries, type QueryPair } from './pair-queries.js';

export interface CompareResultsOptions {
  /** Row of a. Default: `methodB`, or every method in both. */
  readonly methodA?: string;
  /** Row of b. Default: `methodA`, or every method in both. */
  readonly methodB?: string;
  /** Whether results that cannot be paired are compared by their own intervals. Default false: they are refused. */
  readonly allowUnpaired?: boolean;
  /** McNemar's mid-p instead of the exact p. Default false. */
  readonly midP?: boolean;
  /** Seed of what is resampled. Default 0. */
  readonly seed?: number;
}

/** Two rows of a table, metric by metric. */
export interface ComparedRow {
  readonly methodA: string;
  readonly methodB: string;
  readonly metrics: readonly ComparedMetric[];
}

/** A suite under one protocol, of both results. */
export interface ComparedTable {
  readonly suite: string;
  readonly title: string;
  readonly protocol: string;
  readonly paired: boolean;
  /** What the results were made with, where it differs. */
  readonly differs: readonly Difference[];
  readonly notes: readonly string[];
  readonly rows: readonly ComparedRow[];
}

/** What b changes against a; plain JSON. */
export interface ResultComparison {
  readonly tables: readonly ComparedTable[];
  /** Tables of one side only: `b: doubt, strict protocol`. */
  readonly unmatched: readonly string[];
}

/** Adjusted p-values up to here, with a 95 % interval that excludes 0, show a difference. */
const ALPHA = 0.05;

/**
 * Compares results b against a: tables by suite and protocol, rows by method, queries by case, metric and prompt.
 *
 * Differences are b − a over the queries that count for both. p-values are Holm-adjusted over each table, where a
 * comparison without any query that differs does not count: no p below 1 was within its reach (Tarone 1990). `better` or
 * `worse` takes an interval that excludes 0 and an adjusted p of at most 0.05; unpaired, the interval alone.
 *
 * @throws {SakeError} `invalid-input` for other records or without a table or method in both, `not-found` for a method
 * that is not there, `not-enough-data` for results without queries.
 */
export function compareResults(
  a: readonly SuiteResult[],
  b: readonly SuiteResult[],
  options: CompareResultsOptions = {},
): ResultComparison {
  const { pairs, unmatched } = matchResults(a, b);
  return { tables: pairs.map(([left, right]) => compareTables(left, right, options)), unmatched };
}

function compareTables(a: SuiteResult, b: SuiteResult, options: CompareResultsOptions): ComparedTable {
  const { seed = 0, midP = false } = options;
  const notes: string[] = [];
  const pairs = pairsOf(a, b, options, notes);
  const columns = sharedColumns(a, b, notes).filter(
    (column) => pairs === undefined || hasQueries(column, a, b, notes),
  );
  const rows = rowPairs(a, b, options).map(([left, right]) => ({
    methodA: left.method,
    methodB: right.method,
    metrics: columns.map((column) => {
      const { name, of } = column;
      if (pairs === undefined) return compareUnpaired(column, left.metrics[name]!, right.metrics[name]!);
      const methods = [left.method, right.method] as const;
      return of === undefined
        ? compareMetric(column, methods, pairs, { seed, midP })
        : compareHarmonicMean({ ...column, of }, methods, pairs, { seed, midP });
    }),
  }));
  const tested = rows.flatMap(({ metrics }) => metrics).filter(({ p }) => p !== null && p < 1);
  const adjusted = new Map(holmAdjust(tested.map(({ p }) => p!)).map((p, at) => [tested[at]!, p]));
  return {
    suite: a.suite,
    title: a.title,
    protocol: a.protocol,
    paired: pairs !== undefined,
    differs: differingCircumstances(a, b),
    notes,
    rows: rows.map((row) => ({
      ...row,
      metrics: row.metrics.map((metric) =>
        judged(metric, metric.p === null ? null : (adjusted.get(metric) ?? 1)),
      ),
    })),
  };
}

function pairsOf(
  a: SuiteResult,
  b: SuiteResult,
  { allowUnpaired = false }: CompareResultsOptions,
  notes: string[],
): QueryPair[] | undefined {
  if (
    allowUnpaired &&
    (a.queries === undefined || b.queries === undefined || a.data.sha256 !== b.data.sha256)
  ) {
    notes.push('unpaired: intervals of the two means, which miss what pairing would show, and no test');
    return undefined;
  }
  const pairs = pairQueries(a, b);
  const alone = [a, b].map(({ queries }) => queries!.length - pairs.length);
  if (alone.some((count) => count > 0))
    notes.push(`queries of one result only, left out: ${alone[0]} of a, ${alone[1]} of b`);
  return pairs;
}

function sharedColumns(a: SuiteResult, b: SuiteResult, notes: string[]): MetricColumn[] {
  for (const [name, mine, other] of [
    ['a', a, b],
    ['b', b, a],
  ] as const)
    // prettier-ignore
    for (const column of mine.columns)
      if (!other.columns.some((candidate) => candidate.name === column.name))
        notes.push(`${column.name}: a column of ${name} only`);
  return a.columns.filter((column) => {
    const other = b.columns.find(({ name }) => name === column.name);
    if (other === undefined) return false;
    const same = other.unit === column.unit && other.higherIsBetter === column.higherIsBetter;
    if (!same) notes.push(`${column.name}: not compared, its unit or its better direction differs`);
    return same;
  });
}

/** A mean of other columns has no queries of its own: it is compared where the result says of which. */
function hasQueries({ name, of }: MetricColumn, a: SuiteResult, b: SuiteResult, notes: string[]): boolean {
  if (of !== undefined) return true;
  const asked = [a, b].some(
    ({ queries = [], rows }) =>
      queries.some(({ metric }) => metric === name) || rows.every(({ metrics }) => metrics[name]!.n === 0),
  );
  if (!asked)
    notes.push(`${name}: not compared, it is a mean of other columns, and the result does not say of which`);
  return asked;
}

function rowPairs(a: SuiteResult, b: SuiteResult, options: CompareResultsOptions): [SuiteRow, SuiteRow][] {
  const { methodA = options.methodB, methodB = options.methodA } = options;
  if (methodA !== undefined && methodB !== undefined)
    return [[rowOf(a, methodA, 'a'), rowOf(b, methodB, 'b')]];
  const pairs = a.rows.flatMap((row): [SuiteRow, SuiteRow][] => {
    const other = b.rows.find(({ method }) => method === row.method);
    return other === undefined ? [] : [[row, other]];
  });
  if (pairs.length === 0)
    throw new SakeError(
      'invalid-input',
      `compareResults: expected a method in both results of ${tableName(a)}, got ${methodNames(a)} in a and ${methodNames(b)} in b; name one of each`,
    );
  return pairs;
}

function rowOf(result: SuiteResult, method: string, where: string): SuiteRow {
  const row = result.rows.find((candidate) => candidate.method === method);
  if (row === undefined)
    throw new SakeError(
      'not-found',
      `compareResults: expected a method of ${tableName(result)} in ${where} (${methodNames(result)}), got ${JSON.stringify(method)}`,
    );
  return row;
}

const methodNames = ({ rows }: SuiteResult): string => rows.map(({ method }) => method).join(', ') || 'none';

function judged(metric: UnjudgedMetric, adjustedP: number | null): ComparedMetric {
  const { interval, higherIsBetter } = metric;
  const shown = interval !== null && (interval[0] > 0 || interval[1] < 0) && (adjustedP ?? 0) <= ALPHA;
  const verdict: Verdict = !shown
    ? 'no difference shown'
    : interval[0] > 0 === higherIsBetter
      ? 'better'
      : 'worse';
  return { ...metric, adjustedP, verdict };
}
