import { SakeError } from '@sakejs/spec';
import { percentile } from './percentile.js';

/** The error that a threshold is to have on the calibration queries. */
export type CalibrationTarget =
  /** The smallest threshold that accepts at least this share of positives, in (0, 1]. */
  | { readonly kind: 'coverage'; readonly share: number }
  /** The largest threshold (halfway to the next distance) that accepts at most this share of negatives, in [0, 1). */
  | { readonly kind: 'false-accept'; readonly rate: number }
  /** The least mean of both error rates; among equals the widest gap, then the smallest threshold. */
  | { readonly kind: 'balanced' }
  /**
   * Midway between a low percentile of how close positives are and a high one of how close negatives are.
   * Closeness is −distance, so `positivePercentile: 3` is the 97th percentile of positive distances. Where sides overlap,
   * midway lies among the negatives: with `maxFalseAccept`, in [0, 1), the threshold is at most the one that
   * `false-accept` gives for that rate.
   */
  | {
      readonly kind: 'midpoint';
      readonly positivePercentile: number;
      readonly negativePercentile: number;
      readonly maxFalseAccept?: number;
    };

export interface CalibrationInput {
  /** Distances of queries that belong to the edit, none of which the scope was fitted on. */
  readonly positives: readonly number[];
  /** Distances of queries that do not. */
  readonly negatives: readonly number[];
  readonly target: CalibrationTarget;
}

/** A threshold and what it does to the queries it was chosen on. */
export interface Calibration {
  /** Positive and finite. */
  readonly threshold: number;
  /** Share of positives beyond the threshold; absent without positives. */
  readonly falseReject?: number;
  /** Share of negatives within it; absent without negatives. */
  readonly falseAccept?: number;
  readonly positives: number;
  readonly negatives: number;
}

const WHERE = 'calibrateThreshold';

/**
 * The threshold that meets an error target on generated queries; in scope iff distance <= threshold.
 *
 * The rates it gives back are those on the given distances. They are honest only when the distances are
 * held out: a scope is closer to what it was fitted on.
 *
 * @throws {SakeError} `invalid-option` for a target out of range, `not-enough-data` for a side that the
 * target needs and that is empty, `invalid-input` for a distance that is NaN or negative, `numerical` when
 * no positive finite threshold meets the target, e.g. when all distances are equal.
 */
export function calibrateThreshold({ positives, negatives, target }: CalibrationInput): Calibration {
  checkTarget(target);
  for (const [side, distances] of [['positives', positives] as const, ['negatives', negatives] as const]) {
    const bad = distances.findIndex((distance) => !(distance >= 0));
    if (bad >= 0)
      throw new SakeError(
        'invalid-input',
        `${WHERE}: expected distances >= 0 among ${side}, got ${distances[bad]} at ${bad}`,
      );
    const needed =
      target.kind === 'coverage'
        ? side === 'positives'
        : target.kind === 'false-accept'
          ? side === 'negatives'
          : true;
    if (needed && distances.length === 0)
      throw new SakeError(
        'not-enough-data',
        `${WHERE}: expected ${side} for target '${target.kind}', got none`,
      );
  }
  const threshold = chooseThreshold(positives, negatives, target);
  if (!(threshold > 0) || !Number.isFinite(threshold))
    throw new SakeError(
      'numerical',
      `${WHERE}: expected a positive finite threshold for target '${target.kind}', got ${threshold}; the distances do not allow one (all equal, or infinite), so give more varied prompts or a threshold`,
    );
  return {
    threshold,
    ...(positives.length > 0 && { falseReject: share(positives, (distance) => distance > threshold) }),
    ...(negatives.length > 0 && { falseAccept: share(negatives, (distance) => distance <= threshold) }),
    positives: positives.length,
    negatives: negatives.length,
  };
}

/** A target in words, for settings: `coverage 0.95`, `midpoint 3/98, at most 0.01 false accepts`. */
export function describeTarget(target: CalibrationTarget): string {
  switch (target.kind) {
    case 'coverage':
      return `coverage ${target.share}`;
    case 'false-accept':
      return `false-accept ${target.rate}`;
    case 'balanced':
      return 'balanced';
    case 'midpoint':
      return `midpoint ${target.positivePercentile}/${target.negativePercentile}${
        target.maxFalseAccept === undefined ? '' : `, at most ${target.maxFalseAccept} false accepts`
      }`;
  }
}

/** @throws {SakeError} `invalid-option` for a target out of range. */
export function checkTarget(target: CalibrationTarget): void {
  const within = (name: string, value: number, fits: boolean, range: string): void => {
    if (!fits) throw new SakeError('invalid-option', `${WHERE}: expected ${name} in ${range}, got ${value}`);
  };
  switch (target.kind) {
    case 'coverage':
      return within('share', target.share, target.share > 0 && target.share <= 1, '(0, 1]');
    case 'false-accept':
      return within('rate', target.rate, target.rate >= 0 && target.rate < 1, '[0, 1)');
    case 'balanced':
      return;
    case 'midpoint':
      for (const name of ['positivePercentile', 'negativePercentile'] as const)
        within(name, target[name], target[name] >= 0 && target[name] <= 100, '[0, 100]');
      if (target.maxFalseAccept !== undefined)
        within(
          'maxFalseAccept',
          target.maxFalseAccept,
          target.maxFalseAccept >= 0 && target.maxFalseAccept < 1,
          '[0, 1)',
        );
      return;
    default:
      throw new SakeError(
        'invalid-option',
        `${WHERE}: expected a target 'coverage', 'false-accept', 'balanced' or 'midpoint', got ${JSON.stringify(target)}`,
      );
  }
}

function share(distances: readonly number[], holds: (distance: number) => boolean): number {
  return distances.filter(holds).length / distances.length;
}

function chooseThreshold(
  positives: readonly number[],
  negatives: readonly number[],
  target: CalibrationTarget,
): number {
  switch (target.kind) {
    case 'coverage': {
      const sorted = [...positives].sort((a, b) => a - b);
      // The small allowance keeps 0.95 · 20 = 19.000000000000004 from asking for a 20th.
      return sorted[Math.max(0, Math.ceil(target.share * sorted.length - 1e-9) - 1)]!;
    }
    case 'false-accept':
      return falseAcceptThreshold(positives, negatives, target.rate);
    case 'balanced':
      return balancedThreshold(positives, negatives);
    case 'midpoint': {
      const { positivePercentile, negativePercentile, maxFalseAccept } = target;
      const midway =
        (percentile(positives, 100 - positivePercentile) + percentile(negatives, 100 - negativePercentile)) /
        2;
      return maxFalseAccept === undefined
        ? midway
        : Math.min(midway, falseAcceptThreshold(positives, negatives, maxFalseAccept));
    }
  }
}

/** Halfway between the first negative that `rate` refuses and the distance before it. */
function falseAcceptThreshold(
  positives: readonly number[],
  negatives: readonly number[],
  rate: number,
): number {
  const sorted = [...negatives].sort((a, b) => a - b);
  const refused = sorted[Math.floor(rate * sorted.length + 1e-9)]!;
  const below = [...positives, ...negatives].filter((distance) => distance < refused);
  const nearest = Math.max(0, ...below);
  return Number.isFinite(refused) ? (nearest + refused) / 2 : nearest;
}

/** Tries the middle of every gap between neighbouring distances. NaN when there is no gap. */
function balancedThreshold(positives: readonly number[], negatives: readonly number[]): number {
  const distances = [...new Set([...positives, ...negatives])].sort((a, b) => a - b);
  let best = { threshold: Number.NaN, error: Number.POSITIVE_INFINITY, gap: 0 };
  for (let i = 0; i + 1 < distances.length; i++) {
    const [below, above] = [distances[i]!, distances[i + 1]!];
    const gap = above - below;
    // Beyond the last finite distance there is only +Infinity: any larger threshold accepts the same.
    const threshold = Number.isFinite(above) ? below + gap / 2 : below;
    if (threshold === 0) continue;
    const error =
      share(positives, (distance) => distance > threshold) +
      share(negatives, (distance) => distance <= threshold);
    if (error < best.error || (error === best.error && gap > best.gap)) best = { threshold, error, gap };
  }
  return best.threshold;
}
