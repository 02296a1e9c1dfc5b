import { createRandom, SakeError } from '@sakejs/spec';

/** A 95 % interval. */
export type Interval = readonly [low: number, high: number];

const Z95 = 1.959963984540054;

/**
 * Wilson's score interval for a share of independent trials.
 *
 * (p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n), z = 1.96. Source: Wilson (1927).
 *
 * @throws {SakeError} `not-enough-data` for n = 0: an empty share has no interval.
 */
export function wilsonInterval(successes: number, n: number): Interval {
  if (n <= 0) throw new SakeError('not-enough-data', 'wilsonInterval: expected at least one trial, got none');
  const share = successes / n;
  const z2 = Z95 * Z95;
  const centre = share + z2 / (2 * n);
  const half = Z95 * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  // Without failures or successes an end is 0 or 1 itself, which rounding misses by some 1e-17.
  return [
    successes === 0 ? 0 : Math.max(0, (centre - half) / (1 + z2 / n)),
    successes === n ? 1 : Math.min(1, (centre + half) / (1 + z2 / n)),
  ];
}

/** A trial: which cluster (edit) it belongs to, and its outcome, 0 or 1 (or a difference of two). */
export interface Trial {
  readonly cluster: number;
  readonly value: number;
}

export interface BootstrapOptions {
  /** Resamples. Default 2000. */
  readonly resamples?: number;
  readonly seed?: number;
  /**
   * Whether trials are successes and failures (the default), so that equal ones still leave room; values of another unit
   * that are all equal have an interval of no width.
   */
  readonly shares?: boolean;
}

/**
 * Percentile interval of a mean whose trials come in clusters: whole clusters are resampled.
 *
 * The statistic is the mean over trials (not over clusters), as the benchmarks report it. When every trial has
 * one value, resampling shows no spread; Wilson's interval over the number of clusters is given instead, since
 * trials of one cluster may be copies of each other.
 *
 * @throws {SakeError} `not-enough-data` without trials.
 */
export function clusterBootstrapInterval(trials: readonly Trial[], options: BootstrapOptions = {}): Interval {
  const { resamples = 2000, seed = 0, shares = true } = options;
  if (trials.length === 0)
    throw new SakeError('not-enough-data', 'clusterBootstrapInterval: expected at least one trial, got none');
  const clusters = clusterSums(trials);
  const first = trials[0]!.value;
  if (shares && (first === 0 || first === 1) && trials.every(({ value }) => value === first))
    return wilsonInterval(first * clusters.length, clusters.length);
  const random = createRandom(seed).fork('cluster-bootstrap');
  const means = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    let sum = 0;
    let count = 0;
    for (let j = 0; j < clusters.length; j++) {
      const cluster = clusters[random.integer(clusters.length)]!;
      sum += cluster.sum;
      count += cluster.count;
    }
    means[i] = sum / count;
  }
  means.sort();
  return [means[Math.floor(0.025 * (resamples - 1))]!, means[Math.ceil(0.975 * (resamples - 1))]!];
}

function clusterSums(trials: readonly Trial[]): { sum: number; count: number }[] {
  const clusters = new Map<number, { sum: number; count: number }>();
  for (const { cluster, value } of trials) {
    const entry = clusters.get(cluster) ?? { sum: 0, count: 0 };
    entry.sum += value;
    entry.count += 1;
    clusters.set(cluster, entry);
  }
  return [...clusters.values()];
}

/** The difference of two methods on the same queries. */
export interface PairedDifference {
  /** Mean of a − b. */
  readonly difference: number;
  readonly interval: Interval;
  /** Queries both were scored on. */
  readonly n: number;
}

/**
 * Mean difference of two methods over the same queries, with a cluster-bootstrap interval.
 *
 * Where every query has one difference v, resampling shows no spread; the interval then reaches from v as far as
 * Wilson's does from a share of 0 or 1 over that many clusters.
 *
 * @throws {SakeError} `not-enough-data` without trials, `shape-mismatch` when the lists differ in length or clusters.
 */
export function pairedDifference(
  a: readonly Trial[],
  b: readonly Trial[],
  options: BootstrapOptions = {},
): PairedDifference {
  if (a.length !== b.length || a.some((trial, i) => trial.cluster !== b[i]!.cluster))
    throw new SakeError(
      'shape-mismatch',
      `pairedDifference: expected the same queries for both, got ${a.length} and ${b.length}`,
    );
  const trials = a.map((trial, i) => ({ cluster: trial.cluster, value: trial.value - b[i]!.value }));
  const first = trials[0]?.value;
  if (first === undefined)
    throw new SakeError('not-enough-data', 'pairedDifference: expected at least one trial, got none');
  const difference = trials.reduce((sum, { value }) => sum + value, 0) / trials.length;
  const { shares = true } = options;
  const interval =
    shares && trials.every(({ value }) => value === first)
      ? constantInterval(first, clusterSums(trials).length)
      : clusterBootstrapInterval(trials, options);
  return { difference, interval, n: trials.length };
}

/** Of a difference that every query has: from it as far as Wilson's interval reaches from 0 over that many clusters. */
export function constantInterval(value: number, clusters: number): Interval {
  const reach = wilsonInterval(0, clusters)[1];
  return [Math.max(-1, value - reach), Math.min(1, value + reach)];
}
