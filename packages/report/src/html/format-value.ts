import { tableNumber, type Interval, type MetricColumn } from '@sakejs/evaluation';

type Unit = MetricColumn['unit'];

/** A mean as a cell has it, written as in tables of every other form; `n = 0` where there is none. */
export function formatValue(value: number | null, unit: Unit = 'share'): string {
  return value === null ? 'n = 0' : tableNumber(value, unit);
}

/** `[93.1, 98.8]`, in the unit of the value. */
export function formatInterval([low, high]: Interval, unit: Unit = 'share'): string {
  return `${formatValue(low, unit)} – ${formatValue(high, unit)}`;
}

/** Three significant figures, without an exponent where a few digits do. */
export function formatFigures(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(2);
  return String(Number(value.toPrecision(size >= 1000 ? 4 : 3)));
}

/** `12,345`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `relationSpecificity` as `relation specificity`, with Roman numbers left alone. */
export function metricLabel(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after}`)
    .replace(/[_-]/g, ' ')
    .replace(/\b(?!I+\b)[A-Z](?=[a-z])/g, (letter) => letter.toLowerCase());
}
