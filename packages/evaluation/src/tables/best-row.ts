import type { Interval } from '../statistics/intervals.js';

/**
 * The row that is best in a column, where the paired interval of its difference to the next best excludes 0.
 *
 * @param values By row; null where it is no candidate.
 * @param between The interval of row i − row j, where the two were compared.
 * @returns Its index, or undefined where none is shown to be best.
 */
export function bestRow(
  values: readonly (number | null)[],
  higherIsBetter: boolean,
  between: (i: number, j: number) => Interval | undefined,
): number | undefined {
  const sign = higherIsBetter ? 1 : -1;
  const [best, next] = values
    .flatMap((value, at) => (value === null ? [] : [{ value, at }]))
    .sort((x, y) => sign * (y.value - x.value));
  if (best === undefined || next === undefined) return undefined;
  const interval = between(best.at, next.at);
  if (interval === undefined) return undefined;
  return (higherIsBetter ? interval[0] > 0 : interval[1] < 0) ? best.at : undefined;
}
