/**
 * The `percent`-th percentile of some values, linear between neighbours (numpy's default).
 *
 * `values` must not be empty; infinite values are allowed, and the result may then be infinite.
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  const share = at - Math.floor(at);
  return share === 0 || below === above ? below : below + (above - below) * share;
}
