import type { MetricUnit } from '../metrics/metric.js';
import { harmonicMeanInterval } from '../statistics/harmonic-mean.js';
import { clusterBootstrapInterval, wilsonInterval } from '../statistics/intervals.js';
import type { Trial } from '../statistics/intervals.js';
import type { ScoredQuery } from './outcome.js';
import type { MetricValue } from './suite-result.js';

/**
 * The mean of a metric's queries that count.
 *
 * Interval: Wilson's for a share of which each case asks once, else a bootstrap over cases.
 */
export function meanValue(queries: readonly ScoredQuery[], unit: MetricUnit, seed: number): MetricValue {
  const kept = queries.filter(({ value }) => value !== null);
  const trials = trialsOf(kept);
  const clusters = new Set(trials.map(({ cluster }) => cluster)).size;
  const sum = trials.reduce((total, { value }) => total + value, 0);
  return {
    value: trials.length === 0 ? null : sum / trials.length,
    n: trials.length,
    interval:
      trials.length === 0
        ? null
        : unit === 'share' && clusters === trials.length
          ? wilsonInterval(sum, trials.length)
          : clusterBootstrapInterval(trials, { seed, shares: unit === 'share' }),
    scorers: {
      firstToken: shareOf(kept, ({ firstToken }) => firstToken),
      wholeObject: shareOf(kept, ({ wholeObject }) => wholeObject),
      probability: shareOf(kept, ({ probability }) => probability),
    },
    fired: {
      own: shareOf(kept, ({ fired }) => fired === 'own'),
      other: shareOf(kept, ({ fired }) => fired === 'other'),
    },
  };
}

/** The harmonic mean of shares, its interval by resampling cases; scorers are not averaged. */
export function harmonicMeanValue(metrics: readonly (readonly ScoredQuery[])[], seed: number): MetricValue {
  const trials = metrics.map((queries) => trialsOf(queries.filter(({ value }) => value !== null)));
  const n = trials.reduce((sum, { length }) => sum + length, 0);
  const nothing = { firstToken: null, wholeObject: null, probability: null };
  const result = trials.some(({ length }) => length === 0)
    ? undefined
    : harmonicMeanInterval(trials, { seed });
  return {
    value: result?.value ?? null,
    n: result === undefined ? 0 : n,
    interval: result?.interval ?? null,
    scorers: nothing,
    fired: { own: null, other: null },
  };
}

function trialsOf(queries: readonly ScoredQuery[]): Trial[] {
  return queries.map(({ case: cluster, value }) => ({ cluster, value: value! }));
}

/** The share of those that are true, of those that are not null. */
function shareOf(
  queries: readonly ScoredQuery[],
  holds: (query: ScoredQuery) => boolean | null,
): number | null {
  const known = queries.map(holds).filter((value) => value !== null);
  return known.length === 0 ? null : known.filter(Boolean).length / known.length;
}
