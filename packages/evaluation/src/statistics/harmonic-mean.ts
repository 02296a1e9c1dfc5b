import { createRandom, SakeError } from '@sakejs/spec';
import {
  constantInterval,
  wilsonInterval,
  type BootstrapOptions,
  type Interval,
  type Trial,
} from './intervals.js';

/**
 * Harmonic mean of the means of several lists of trials, with a percentile interval over resampled clusters.
 *
 * k / Σ 1/mᵢ, 0 where a mean is 0; Wilson's interval over the clusters where it is 0 or 1, since resampling shows no spread.
 * All lists are resampled together: a cluster brings its trials of each.
 *
 * @throws {SakeError} `not-enough-data` where a list has no trials.
 */
export function harmonicMeanInterval(
  lists: readonly (readonly Trial[])[],
  options: BootstrapOptions = {},
): { readonly value: number; readonly interval: Interval } {
  const { resamples = 2000, seed = 0 } = options;
  const clusters = clustersOf('harmonicMeanInterval', lists);
  const mean = harmonicMeanOver(lists, clusters);
  const value = mean(clusters.map((_, at) => at));
  if (value === 1 || value === 0)
    return { value, interval: wilsonInterval(value * clusters.length, clusters.length) };
  return { value, interval: middle95(resampled(mean, clusters.length, resamples, seed)) };
}

/** The difference of two methods' harmonic means over the same queries. */
export interface HarmonicMeanDifference {
  readonly a: number;
  readonly b: number;
  /** a − b. */
  readonly difference: number;
  readonly interval: Interval;
  /** Two-sided. */
  readonly p: number;
}

/**
 * The difference of two harmonic means of means, its interval and p by a paired bootstrap over clusters.
 *
 * Both are resampled together: a drawn cluster brings both methods' trials of every list. The interval holds the middle 95 %
 * of the resampled differences; p is twice the smaller share of them on either side of 0, (1 + count) / (1 + resamples).
 * Where no trial differs the interval is that of `pairedDifference`, and p is 1.
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 16.
 *
 * @throws {SakeError} `not-enough-data` where a list has no trials, `shape-mismatch` for lists that are not of the same queries.
 */
export function harmonicMeanDifference(
  a: readonly (readonly Trial[])[],
  b: readonly (readonly Trial[])[],
  options: BootstrapOptions = {},
): HarmonicMeanDifference {
  const { resamples = 2000, seed = 0 } = options;
  checkPaired(a, b);
  const clusters = clustersOf('harmonicMeanDifference', a);
  const [ofA, ofB] = [harmonicMeanOver(a, clusters), harmonicMeanOver(b, clusters)];
  const all = clusters.map((_, at) => at);
  const means = { a: ofA(all), b: ofB(all), difference: ofA(all) - ofB(all) };
  const differs = a.some((list, of) => list.some(({ value }, at) => value !== b[of]![at]!.value));
  if (!differs) return { ...means, interval: constantInterval(0, clusters.length), p: 1 };
  const drawn = resampled((chosen) => ofA(chosen) - ofB(chosen), clusters.length, resamples, seed);
  const below = drawn.filter((value) => value <= 0).length;
  const above = drawn.filter((value) => value >= 0).length;
  return {
    ...means,
    interval: middle95(drawn),
    p: Math.min(1, (2 * (1 + Math.min(below, above))) / (1 + resamples)),
  };
}

function checkPaired(a: readonly (readonly Trial[])[], b: readonly (readonly Trial[])[]): void {
  const paired =
    a.length === b.length &&
    a.every(
      (list, of) =>
        list.length === b[of]!.length && list.every(({ cluster }, at) => cluster === b[of]![at]!.cluster),
    );
  if (!paired)
    throw new SakeError(
      'shape-mismatch',
      `harmonicMeanDifference: expected the same queries for both, got ${a.map(({ length }) => length).join(', ')} and ${b.map(({ length }) => length).join(', ')}`,
    );
}

function clustersOf(where: string, lists: readonly (readonly Trial[])[]): number[] {
  if (lists.length === 0 || lists.some(({ length }) => length === 0))
    throw new SakeError('not-enough-data', `${where}: expected trials of every mean, got none of one`);
  return [...new Set(lists.flatMap((trials) => trials.map(({ cluster }) => cluster)))];
}

/** The harmonic mean as a function of which clusters were drawn, by their index. */
function harmonicMeanOver(
  lists: readonly (readonly Trial[])[],
  clusters: readonly number[],
): (drawn: ArrayLike<number>) => number {
  const index = new Map(clusters.map((cluster, at) => [cluster, at]));
  const sums = lists.map((trials) => {
    const sum = new Float64Array(clusters.length);
    const count = new Float64Array(clusters.length);
    for (const { cluster, value } of trials) {
      sum[index.get(cluster)!]! += value;
      count[index.get(cluster)!]! += 1;
    }
    return { sum, count };
  });
  return (drawn) => {
    let inverses = 0;
    for (const { sum, count } of sums) {
      let total = 0;
      let n = 0;
      for (let at = 0; at < drawn.length; at++) {
        total += sum[drawn[at]!]!;
        n += count[drawn[at]!]!;
      }
      inverses += total === 0 ? Infinity : n / total;
    }
    return lists.length / inverses;
  };
}

/** A statistic of resampled clusters, ascending. */
function resampled(
  statistic: (drawn: Int32Array) => number,
  clusters: number,
  resamples: number,
  seed: number,
): Float64Array {
  const random = createRandom(seed).fork('harmonic-mean');
  const values = new Float64Array(resamples);
  const drawn = new Int32Array(clusters);
  for (let i = 0; i < resamples; i++) {
    for (let j = 0; j < clusters; j++) drawn[j] = random.integer(clusters);
    values[i] = statistic(drawn);
  }
  return values.sort();
}

const middle95 = (sorted: Float64Array): Interval => [
  sorted[Math.floor(0.025 * (sorted.length - 1))]!,
  sorted[Math.ceil(0.975 * (sorted.length - 1))]!,
];
