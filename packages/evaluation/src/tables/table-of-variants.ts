import { SakeError } from '@sakejs/spec';
import { compareMetric } from '../compare/compare-metric.js';
import { tableName } from '../compare/match-results.js';
import { pairQueries, type QueryPair } from '../compare/pair-queries.js';
import type { SuiteResult } from '../runner/suite-result.js';
import type { Interval } from '../statistics/intervals.js';
import type { ReportTable } from './report-table.js';
import { reportTable, type OwnRow, type TableOptions } from './table-of-result.js';

/** A row of an ablation: a method of a result under the variant's name. */
export interface Variant {
  readonly label: string;
  readonly result: SuiteResult;
  readonly method: string;
}

/**
 * A table with a row for each variant of an ablation; results of one suite and protocol.
 *
 * The best value is marked where every result holds its queries, so that variants can be paired.
 *
 * @throws {SakeError} `not-enough-data` without variants, `invalid-input` for different suites or protocols,
 * `not-found` for a method or metric that a result does not have.
 */
export function tableOfVariants(variants: readonly Variant[], options: TableOptions = {}): ReportTable {
  const results = [...new Set(variants.map(({ result }) => result))];
  const [first, ...others] = results;
  if (first === undefined)
    throw new SakeError('not-enough-data', 'tableOfVariants: expected at least one variant, got none');
  const stray = others.find((other) => tableName(other) !== tableName(first));
  if (stray !== undefined)
    throw new SakeError(
      'invalid-input',
      `tableOfVariants: expected variants of one suite and protocol, got ${tableName(first)} and ${tableName(stray)}`,
    );
  return reportTable([first, ...others], variants, options, pairedIntervals(variants, first));
}

function pairedIntervals(
  variants: readonly OwnRow[],
  { columns }: SuiteResult,
): (i: number, j: number, metric: string) => Interval | undefined {
  const known = new Map<string, Interval | undefined>();
  const paired = new Map<string, QueryPair[]>();
  return (i, j, metric) => {
    const [a, b] = [variants[j]!, variants[i]!];
    if (a.result.queries === undefined || b.result.queries === undefined) return undefined;
    const key = JSON.stringify([i, j, metric]);
    if (!known.has(key)) {
      const rows = `${i} ${j}`;
      const pairs = paired.get(rows) ?? pairQueries(a.result, b.result);
      paired.set(rows, pairs);
      const column = columns.find(({ name }) => name === metric)!;
      const { interval } = compareMetric(column, [a.method, b.method], pairs, { seed: 0, midP: false });
      known.set(key, interval ?? undefined);
    }
    return known.get(key);
  };
}
