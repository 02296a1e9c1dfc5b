import type { QueryRecord } from '@sakejs/evaluation';
import { SakeError } from '@sakejs/spec';
import type { TradeoffPoint, TradeoffSeries } from '../input/report-input.js';
import { gateTrials, type GateTrial, type GateTrialsOptions } from './gate-trials.js';

export interface TradeoffOptions extends GateTrialsOptions {
  /** Points kept of the exact curve, the ends and 1 among them. Default 160. */
  readonly points?: number;
}

/**
 * A method's metrics as the factor on its threshold sweeps over every distance.
 *
 * A query fires iff distance <= factor; it then counts its open value, else its closed one. In a run with all edits live
 * the own edit's map stands for that of whichever edit is nearest. Positives of the curve of true against false positives
 * are the queries of accuracy and generality, negatives those of specificity; its area is
 * P(d⁺ < d⁻) + P(d⁺ = d⁻) / 2. O(n log n).
 *
 * @throws {SakeError} `not-enough-data` without positives or without negatives, or where a query has no open value.
 */
export function tradeoffCurve(
  queries: readonly QueryRecord[],
  method: string,
  options: TradeoffOptions = {},
): TradeoffSeries {
  const { points: kept = 160 } = options;
  if (!Number.isInteger(kept) || kept < 3)
    throw new SakeError('invalid-option', `tradeoffCurve: expected at least 3 points, got ${kept}`);
  const trials = gateTrials(queries, method, options).sort((a, b) => a.distance - b.distance);
  const negatives = trials.filter(({ metric }) => metric === 'specificity').length;
  const positives = trials.length - negatives;
  if (positives === 0 || negatives === 0)
    throw new SakeError(
      'not-enough-data',
      `tradeoffCurve: expected queries to let in and queries to leave, got ${positives} and ${negatives} of ${method}`,
      { details: { method, positives, negatives } },
    );
  const { points, auc } = sweep(trials, positives, negatives);
  return { method, auc, points: thin(points, kept) };
}

function sweep(
  trials: readonly GateTrial[],
  positives: number,
  negatives: number,
): { readonly points: TradeoffPoint[]; readonly auc: number } {
  const means = {
    accuracy: meanOf(trials, 'accuracy'),
    generality: meanOf(trials, 'generality'),
    specificity: meanOf(trials, 'specificity'),
  };
  let fired = { positives: 0, negatives: 0 };
  let area = 0;
  const at = (threshold: number): TradeoffPoint => ({
    threshold,
    accuracy: means.accuracy.value(),
    generality: means.generality.value(),
    specificity: means.specificity.value(),
    truePositiveRate: fired.positives / positives,
    falsePositiveRate: fired.negatives / negatives,
  });
  const points: TradeoffPoint[] = [];
  if (trials[0]!.distance > 0) points.push(at(0));
  for (let next = 0; next < trials.length;) {
    const { distance } = trials[next]!;
    if (distance === Infinity) break;
    const before = fired;
    fired = { ...fired };
    for (; next < trials.length && trials[next]!.distance === distance; next++) {
      const trial = trials[next]!;
      means[trial.metric].open(trial);
      fired[trial.metric === 'specificity' ? 'negatives' : 'positives'] += 1;
    }
    area += ((fired.negatives - before.negatives) * (fired.positives + before.positives)) / 2;
    points.push(at(distance));
  }
  // What no threshold lets in lies beyond every distance, both kinds alike.
  area += ((negatives - fired.negatives) * (positives + fired.positives)) / 2;
  return { points, auc: area / (positives * negatives) };
}

/** A mean that changes as queries fire; null where it has none. */
function meanOf(
  trials: readonly GateTrial[],
  metric: GateTrial['metric'],
): { value(): number | null; open(trial: GateTrial): void } {
  const own = trials.filter((trial) => trial.metric === metric);
  let sum = own.reduce((total, { closed }) => total + closed, 0);
  return {
    value: () => (own.length === 0 ? null : sum / own.length),
    open: ({ open, closed }) => {
      sum += open - closed;
    },
  };
}

/** Evenly spread points, the first, the last and the last with a threshold of at most 1 among them. */
function thin(points: readonly TradeoffPoint[], kept: number): TradeoffPoint[] {
  if (points.length <= kept) return [...points];
  const own = points.findLastIndex(({ threshold }) => threshold <= 1);
  const indices = new Set([Math.max(own, 0)]);
  for (let at = 0; at < kept - 1; at++) indices.add(Math.round((at * (points.length - 1)) / (kept - 2)));
  return [...indices].sort((a, b) => a - b).map((index) => points[index]!);
}
