import type { MetricColumn, SuiteResult } from '@sakejs/evaluation';

/** `best`: the best mean. `tied`: not told from it by the paired interval. */
export type Standing = 'best' | 'tied';

/**
 * Methods of a column that lead it.
 *
 * Only methods that edit compete: those that were compared in pairs, or without comparisons all but `none`. Means that are
 * equal are all best; a method is tied where its paired difference from a best one has 0 in its interval.
 */
export function bestMethods(result: SuiteResult, column: MetricColumn): ReadonlyMap<string, Standing> {
  const compared = new Set(result.comparisons.flatMap(({ a, b }) => [a, b]));
  const contenders = result.rows.flatMap(({ method, metrics }) => {
    const value = metrics[column.name]?.value ?? null;
    const edits = compared.size > 0 ? compared.has(method) : method !== 'none';
    return edits && value !== null ? [{ method, value }] : [];
  });
  const standings = new Map<string, Standing>();
  if (contenders.length < 2) return standings;
  const sign = column.higherIsBetter ? 1 : -1;
  const lead = Math.max(...contenders.map(({ value }) => sign * value));
  for (const { method, value } of contenders) if (sign * value === lead) standings.set(method, 'best');
  if (standings.size === contenders.length) return new Map();
  const best = new Set(standings.keys());
  for (const { a, b, metric, interval } of result.comparisons) {
    if (metric !== column.name || interval[0] > 0 || interval[1] < 0) continue;
    if (best.has(a) && !best.has(b)) standings.set(b, 'tied');
    if (best.has(b) && !best.has(a)) standings.set(a, 'tied');
  }
  return standings;
}
