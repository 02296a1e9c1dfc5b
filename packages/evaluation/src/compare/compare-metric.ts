import type { MetricColumn, MetricValue } from '../runner/suite-result.js';
import { harmonicMeanDifference } from '../statistics/harmonic-mean.js';
import {
  clusterBootstrapInterval,
  pairedDifference,
  type Interval,
  type Trial,
} from '../statistics/intervals.js';
import { mcnemarTest } from '../statistics/mcnemar.js';
import { signFlipTest } from '../statistics/sign-flip.js';
import type { QueryPair } from './pair-queries.js';

/** `better` and `worse` are of b against a. */
export type Verdict = 'better' | 'worse' | 'no difference shown';

/** One metric of two methods, on the same queries. */
export interface ComparedMetric {
  readonly metric: string;
  readonly unit: MetricColumn['unit'];
  readonly higherIsBetter: boolean;
  /** Queries that count for both; unpaired, those of the smaller mean. */
  readonly n: number;
  /** Queries that count for one method only, and are left out here. */
  readonly onlyA: number;
  readonly onlyB: number;
  /** Means over the `n` queries; null where there are none. */
  readonly a: number | null;
  readonly b: number | null;
  /** b − a, in the metric's unit. */
  readonly difference: number | null;
  /** Of the difference, 95 %; null where fewer than two cases have queries. */
  readonly interval: Interval | null;
  /** Null for unpaired results and without queries. */
  readonly test: 'mcnemar' | 'sign-flip' | 'bootstrap' | null;
  readonly p: number | null;
  /** Holm's adjusted p, over the table. */
  readonly adjustedP: number | null;
  readonly verdict: Verdict;
}

export interface CompareMetricOptions {
  readonly seed: number;
  readonly midP: boolean;
}

/** A metric's comparison before its p-value is adjusted and judged. */
export type UnjudgedMetric = Omit<ComparedMetric, 'adjustedP' | 'verdict'>;

/**
 * Compares two methods on paired queries of one metric.
 *
 * Test: McNemar's exact one where values are 0 or 1 and each case asks once, else a sign flip by case. Interval: a
 * bootstrap over cases.
 */
export function compareMetric(
  { name: metric, unit, higherIsBetter }: MetricColumn,
  methods: readonly [string, string],
  pairs: readonly QueryPair[],
  { seed, midP }: CompareMetricOptions,
): UnjudgedMetric {
  const { a, b, onlyA, onlyB } = trialsOf(pairs, metric, methods);
  const head = { metric, unit, higherIsBetter, n: a.length, onlyA, onlyB };
  if (a.length === 0)
    return { ...head, a: null, b: null, difference: null, interval: null, test: null, p: null };
  const differences = a.map(({ cluster, value }, at) => ({ cluster, value: b[at]!.value - value }));
  const cases = new Set(a.map(({ cluster }) => cluster)).size;
  const binary = [...a, ...b].every(({ value }) => value === 0 || value === 1);
  const test = binary && cases === a.length ? 'mcnemar' : 'sign-flip';
  return {
    ...head,
    a: mean(a),
    b: mean(b),
    difference: mean(differences),
    interval:
      cases < 2
        ? null
        : unit === 'share'
          ? pairedDifference(b, a, { seed }).interval
          : spread(differences, seed),
    test,
    p:
      test === 'mcnemar'
        ? mcnemarTest({ onlyA: passedAlone(differences, -1), onlyB: passedAlone(differences, 1) }, { midP })
        : signFlipTest(differences, { seed }),
  };
}

/**
 * Compares two methods' harmonic means of some metrics on paired queries, by a paired bootstrap over cases.
 */
export function compareHarmonicMean(
  { name: metric, unit, higherIsBetter, of }: MetricColumn & { readonly of: readonly string[] },
  methods: readonly [string, string],
  pairs: readonly QueryPair[],
  { seed }: CompareMetricOptions,
): UnjudgedMetric {
  const parts = of.map((part) => trialsOf(pairs, part, methods));
  const total = (count: (part: PairedTrials) => number): number =>
    parts.reduce((sum, part) => sum + count(part), 0);
  const head = {
    ...{ metric, unit, higherIsBetter },
    n: total(({ a }) => a.length),
    onlyA: total(({ onlyA }) => onlyA),
    onlyB: total(({ onlyB }) => onlyB),
  };
  if (parts.some(({ a }) => a.length === 0))
    return { ...head, n: 0, a: null, b: null, difference: null, interval: null, test: null, p: null };
  const { a, b, difference, interval, p } = harmonicMeanDifference(
    parts.map((part) => part.b),
    parts.map((part) => part.a),
    { seed },
  );
  const cases = new Set(parts.flatMap((part) => part.a.map(({ cluster }) => cluster))).size;
  return { ...head, a: b, b: a, difference, interval: cases < 2 ? null : interval, test: 'bootstrap', p };
}

interface PairedTrials {
  readonly a: readonly Trial[];
  readonly b: readonly Trial[];
  readonly onlyA: number;
  readonly onlyB: number;
}

/** The queries of a metric that count for both methods, and how many count for one only. */
function trialsOf(
  pairs: readonly QueryPair[],
  metric: string,
  [methodA, methodB]: readonly [string, string],
): PairedTrials {
  const a: Trial[] = [];
  const b: Trial[] = [];
  let [onlyA, onlyB] = [0, 0];
  for (const pair of pairs) {
    if (pair.a.metric !== metric) continue;
    const [left, right] = [pair.a.outcomes[methodA]!.value, pair.b.outcomes[methodB]!.value];
    if (left !== null && right !== null) {
      a.push({ cluster: pair.a.case, value: left });
      b.push({ cluster: pair.a.case, value: right });
    } else if (left !== null) onlyA++;
    else if (right !== null) onlyB++;
  }
  return { a, b, onlyA, onlyB };
}

/**
 * Compares two means by their own intervals, as if they were of other queries.
 *
 * With d = b − a: d − √((b − lowB)² + (highA − a)²) to d + √((highB − b)² + (a − lowA)²). Wider than a paired interval as a
 * rule. Source: Newcombe (1998), method 10; Zou and Donner (2008).
 */
export function compareUnpaired(
  { name: metric, unit, higherIsBetter }: MetricColumn,
  left: MetricValue,
  right: MetricValue,
): UnjudgedMetric {
  const head = {
    metric,
    unit,
    higherIsBetter,
    n: Math.min(left.n, right.n),
    onlyA: 0,
    onlyB: 0,
    test: null,
    p: null,
  };
  const { value: a, interval: ofA } = left;
  const { value: b, interval: ofB } = right;
  if (a === null || b === null || ofA === null || ofB === null)
    return { ...head, n: 0, a, b, difference: null, interval: null };
  const difference = b - a;
  return {
    ...head,
    a,
    b,
    difference,
    interval: [
      difference - Math.hypot(b - ofB[0], ofA[1] - a),
      difference + Math.hypot(ofB[1] - b, a - ofA[0]),
    ],
  };
}

/** Values without a natural bound: where all are one, the interval is that value. */
function spread(differences: readonly Trial[], seed: number): Interval {
  const first = differences[0]!.value;
  return differences.every(({ value }) => value === first)
    ? [first, first]
    : clusterBootstrapInterval(differences, { seed });
}

const mean = (trials: readonly Trial[]): number =>
  trials.reduce((sum, { value }) => sum + value, 0) / trials.length;

const passedAlone = (differences: readonly Trial[], sign: 1 | -1): number =>
  differences.filter(({ value }) => value === sign).length;
