import type { Measured } from '../input/report-input.js';
import { formatFigures } from '../html/format-value.js';

/** Whether values may be shares: all of them, ends of intervals included, lie in 0..1. */
export function areShares(values: readonly Measured[]): boolean {
  return values.every(({ value, interval }) =>
    [value ?? 0, ...(interval ?? [])].every((each) => each >= 0 && each <= 1),
  );
}

/** Options of a scale that holds all values with their intervals; shares are shown in percent. */
export function valueScale(values: readonly Measured[]): {
  readonly domain: readonly [number, number];
  readonly tickFormat: (value: number) => string;
  readonly ticks: number;
  readonly label: null;
} {
  const ends = values.flatMap(({ value, interval }) => [
    ...(value === null ? [] : [value]),
    ...(interval ?? []),
  ]);
  const shares = areShares(values);
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const pad = (high - low || Math.abs(high) || 1) * 0.05;
  return {
    domain: shares
      ? [Math.max(0, Math.floor(10 * low - 0.2) / 10), Math.min(1, Math.ceil(10 * high + 0.2) / 10)]
      : [low - pad, high + pad],
    tickFormat: shares ? (value) => String(Math.round(1000 * value) / 10) : formatFigures,
    ticks: 5,
    label: null,
  };
}
