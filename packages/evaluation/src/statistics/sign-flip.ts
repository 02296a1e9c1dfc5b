import { createRandom, SakeError } from '@sakejs/spec';
import type { Trial } from './intervals.js';

export interface SignFlipOptions {
  /** Random flips where there are too many to try all. Default 10,000: p is no finer than 1 / 10,001. */
  readonly resamples?: number;
  readonly seed?: number;
}

/** Up to this many clusters that differ, every pattern of signs is tried. */
const ALL_PATTERNS = 12;

/**
 * The two-sided p-value of a sign-flip test of paired differences that come in clusters.
 *
 * Were the two methods alike, a cluster's summed difference sₖ would be as likely as −sₖ. p is the share of sign patterns
 * with |Σ ±sₖ| ≥ |Σ sₖ|: exact for up to 12 clusters that differ, else over seeded draws as (1 + hits) / (1 + draws).
 * Any unit. With one 0-or-1 query a cluster it is McNemar's exact test. 1 where nothing differs.
 *
 * Source: Fisher (1935), §21; the count of the observed pattern: Phipson and Smyth (2010).
 *
 * @throws {SakeError} `not-enough-data` without differences, `invalid-input` for one that is not finite.
 */
export function signFlipTest(differences: readonly Trial[], options: SignFlipOptions = {}): number {
  const { resamples = 10_000, seed = 0 } = options;
  const sums = clusterSums(differences);
  const observed = Math.abs(sums.reduce((total, sum) => total + sum, 0));
  const scale = sums.reduce((total, sum) => total + Math.abs(sum), 0);
  const moved = sums.filter((sum) => Math.abs(sum) > 1e-12 * scale);
  if (moved.length === 0) return 1;
  // Sums in another order differ in their last bits: as far as the observed one counts as reached.
  const reached = observed - 1e-9 * scale;
  if (moved.length <= ALL_PATTERNS) return exactShare(moved, reached);
  const random = createRandom(seed).fork('sign-flip');
  let hits = 0;
  for (let i = 0; i < resamples; i++) {
    let total = 0;
    for (const sum of moved) total += random.next() < 0.5 ? sum : -sum;
    if (Math.abs(total) >= reached) hits++;
  }
  return (1 + hits) / (1 + resamples);
}

function exactShare(sums: readonly number[], reached: number): number {
  const patterns = 2 ** sums.length;
  let hits = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    let total = 0;
    for (const [bit, sum] of sums.entries()) total += (pattern >> bit) & 1 ? sum : -sum;
    if (Math.abs(total) >= reached) hits++;
  }
  return hits / patterns;
}

function clusterSums(differences: readonly Trial[]): number[] {
  if (differences.length === 0)
    throw new SakeError('not-enough-data', 'signFlipTest: expected at least one difference, got none');
  const sums = new Map<number, number>();
  for (const { cluster, value } of differences) {
    if (!Number.isFinite(value))
      throw new SakeError('invalid-input', `signFlipTest: expected finite differences, got ${value}`);
    sums.set(cluster, (sums.get(cluster) ?? 0) + value);
  }
  return [...sums.values()];
}
