import type { EditCost, MetricColumn } from '../runner/suite-result.js';
import type { Interval } from '../statistics/intervals.js';
import { formatShare } from './format-share.js';
import type { ScorerTable } from './scorer-table.js';

/** A table before it is written in some format; numbers in the metric's unit. */
export interface ReportTable {
  /** Lower-case words joined by hyphens, for labels. */
  readonly name: string;
  /** Sentences: what was run on what, how to read the cells, whence the published numbers. */
  readonly caption: readonly string[];
  readonly columns: readonly ReportColumn[];
  /** Ours, then published ones. */
  readonly rows: readonly ReportRow[];
  /** Our rows once more, by each scorer; absent where no metric asks for objects. */
  readonly scorers?: ScorerTable;
}

export interface ReportColumn extends MetricColumn {
  /** Queries in our means: one number where it is every row's, else cells have their own. */
  readonly n: { readonly least: number; readonly most: number };
}

export interface ReportRow {
  readonly label: string;
  /** The model of a published row; absent for ours. */
  readonly published?: string;
  /** By column; null where the publication has no such number. */
  readonly cells: readonly (ReportCell | null)[];
  /** Absent for published rows. */
  readonly cost?: EditCost;
}

export interface ReportCell {
  /** Null where `n` is 0. */
  readonly value: number | null;
  /** Null for published numbers. */
  readonly interval: Interval | null;
  /** Null for published numbers. */
  readonly n: number | null;
  /** Whether it is the best of ours, and the paired interval to the next excludes 0. */
  readonly best: boolean;
}

/** A number as tables have it: shares in per cent with one decimal, others with three or in powers of ten. */
export function tableNumber(value: number, unit: MetricColumn['unit']): string {
  if (unit === 'share') return formatShare(value);
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(1) : value.toFixed(3);
}

/** A column's unit as headings have it. */
export const unitName = (unit: MetricColumn['unit']): string => (unit === 'share' ? '%' : unit);

/** A column's n as headings have it: `n = 60`, or `n = 12 to 60`. */
export const columnN = ({ n: { least, most } }: ReportColumn): string =>
  least === most ? `n = ${most}` : `n = ${least} to ${most}`;

/** The parts of a cell that are there: value, interval, and n where the column's is not every row's. */
export function cellParts(
  cell: ReportCell,
  { unit, n: { least, most } }: ReportColumn,
): { readonly value: string; readonly interval?: string; readonly n?: string } {
  if (cell.value === null) return { value: 'n = 0' };
  const { interval, n } = cell;
  return {
    value: tableNumber(cell.value, unit),
    ...(interval && { interval: `[${interval.map((end) => tableNumber(end, unit)).join(', ')}]` }),
    ...(n !== null && least !== most && { n: `n = ${n}` }),
  };
}
