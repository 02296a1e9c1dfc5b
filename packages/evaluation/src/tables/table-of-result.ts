import { SakeError } from '@sakejs/spec';
import type { MetricColumn, MetricValue, SuiteResult } from '../runner/suite-result.js';
import type { Interval } from '../statistics/intervals.js';
import { bestRow } from './best-row.js';
import type { PublishedTable } from './published.js';
import type { ReportCell, ReportColumn, ReportRow, ReportTable } from './report-table.js';
import { scorerTable } from './scorer-table.js';
import { circumstancesCaption, readingCaption } from './table-caption.js';

export interface TableOptions {
  /** Tables whose rows stand below ours. Default none. */
  readonly published?: readonly PublishedTable[];
  /** Columns, in this order. Default: the result's. */
  readonly metrics?: readonly string[];
}

/** A row of ours, whichever result it comes from. */
export interface OwnRow {
  readonly label: string;
  readonly result: SuiteResult;
  readonly method: string;
}

/**
 * A result's table, ours beside published numbers of the same metrics.
 *
 * @throws {SakeError} `not-found` for a metric that the result does not have.
 */
export function tableOfResult(result: SuiteResult, options: TableOptions = {}): ReportTable {
  const rows = result.rows.map(({ method }) => ({ label: method, result, method }));
  return reportTable([result], rows, options, (i, j, metric) => {
    const [a, b] = [rows[i]!.method, rows[j]!.method];
    for (const comparison of result.comparisons) {
      if (comparison.metric !== metric) continue;
      if (comparison.a === a && comparison.b === b) return comparison.interval;
      if (comparison.a === b && comparison.b === a) return [-comparison.interval[1], -comparison.interval[0]];
    }
    return undefined;
  });
}

/** A table of rows that may come from several results of one suite and protocol. */
export function reportTable(
  results: readonly [SuiteResult, ...SuiteResult[]],
  own: readonly OwnRow[],
  { published = [], metrics }: TableOptions,
  between: (i: number, j: number, metric: string) => Interval | undefined,
): ReportTable {
  const [first] = results;
  const cells = own.map(() => [] as ReportCell[]);
  const rowValues = own.map(({ label }) => ({ label, values: [] as MetricValue[] }));
  const columns = chosenColumns(first, metrics).map((column): ReportColumn => {
    const { name, higherIsBetter, unit } = column;
    const values = own.map((row) => valueOf(row, name));
    for (const [at, value] of values.entries()) rowValues[at]!.values.push(value);
    // Methods that edit nothing are compared with nothing: no candidates.
    const candidates = values.map(({ value }, i) =>
      own.some((_, j) => i !== j && between(i, j, name) !== undefined) ? value : null,
    );
    const best = bestRow(candidates, higherIsBetter, (i, j) => between(i, j, name));
    for (const [at, { value, interval, n }] of values.entries())
      cells[at]!.push({ value, interval, n, best: at === best });
    const ns = values.map(({ n }) => n);
    const range = ns.length === 0 ? { least: 0, most: 0 } : { least: Math.min(...ns), most: Math.max(...ns) };
    return { name, higherIsBetter, unit, n: range };
  });
  const shown = published.filter(({ rows }) =>
    rows.some((row) => columns.some(({ name }) => name in row.values)),
  );
  const scorers = scorerTable(columns, rowValues);
  const anyBest = cells.some((row) => row.some(({ best }) => best));
  return {
    name: `${first.suite}-${first.protocol}`.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    caption: [...circumstancesCaption(results), ...readingCaption(anyBest, shown)],
    columns,
    rows: [
      ...own.map(({ label, result, method }, at) => ({
        ...{ label, cells: cells[at]! },
        cost: result.rows.find((row) => row.method === method)!.cost,
      })),
      ...shown.flatMap((table) => publishedRows(table, columns)),
    ],
    ...(scorers && { scorers }),
  };
}

function valueOf({ result, method }: OwnRow, metric: string): MetricValue {
  const value = result.rows.find((row) => row.method === method)?.metrics[metric];
  if (value === undefined)
    throw new SakeError(
      'not-found',
      `reportTable: expected ${metric} of method ${method} in the result of ${result.suite}, got none`,
    );
  return value;
}

function chosenColumns(
  { columns, suite }: SuiteResult,
  metrics?: readonly string[],
): readonly MetricColumn[] {
  if (metrics === undefined) return columns;
  return metrics.map((metric) => {
    const column = columns.find(({ name }) => name === metric);
    if (column === undefined)
      throw new SakeError(
        'not-found',
        `reportTable: expected metrics among ${columns.map(({ name }) => name).join(', ')} of ${suite}, got ${JSON.stringify(metric)}`,
      );
    return column;
  });
}

function publishedRows({ rows, model }: PublishedTable, columns: readonly ReportColumn[]): ReportRow[] {
  return rows
    .filter(({ values }) => columns.some(({ name }) => name in values))
    .map((row) => ({
      label: row.method,
      published: row.model ?? model,
      cells: columns.map(({ name }) => {
        const value = row.values[name];
        return value === undefined ? null : { value, interval: null, n: null, best: false };
      }),
    }));
}
