import { SakeError, type Vector } from '@sakejs/spec';
import { calibrateThreshold, type Calibration, type CalibrationTarget } from './calibrate-threshold.js';
import { groupFolds, type CrossFitOptions } from './group-folds.js';
import { shrunkSolve } from './shrunk-solve.js';
import { rowMean } from './vector-rows.js';

/** States of one prompt, [d] each. */
export interface PromptStates {
  /** The prompt's key: what shares a key stays in one fold. */
  readonly key: string;
  /** States to learn from. */
  readonly learn: readonly Vector[];
  /** States of which the one with the largest margin counts when the prompt is scored. */
  readonly score: readonly Vector[];
}

/**
 * A linear discriminant on normalised states: margin(x) = direction · x̂ + offset, x̂ = x / rms(x).
 *
 * In scope iff margin >= 0. Margins are in half distances of the two training means.
 */
export interface Discriminant {
  readonly direction: Float64Array; // [d]
  readonly offset: number;
}

export interface DiscriminantOptions extends Required<CrossFitOptions> {
  /** α in (0, 1]. */
  readonly shrinkage: number;
  readonly target: CalibrationTarget;
}

export interface FittedDiscriminant {
  readonly discriminant: Discriminant;
  readonly calibration: Calibration;
  /** Folds that the border was calibrated over. */
  readonly folds: number;
}

/** How far a state lies on the positive side; negative beyond the border. */
export function margin({ direction, offset }: Discriminant, state: Vector): number {
  let product = 0;
  for (let j = 0; j < direction.length; j++) product += direction[j]! * state[j]!;
  return product / rootMeanSquare(state) + offset;
}

/**
 * Fits the shrunk discriminant of two classes of prompts and sets its border by a target.
 *
 * direction ∝ Σ⁻¹ (μ₊ − μ₋), Σ = (1 − α) S + α τ I, S the pooled within-class covariance of the normalised
 * states to learn from, τ its mean variance. The border is calibrated on prompts that the direction was
 * fitted without (folds over keys); a prompt counts with its largest margin, as at inference.
 *
 * @throws {SakeError} `not-enough-data` for fewer than two prompts on a side or classes that do not differ.
 */
export function fitDiscriminant(
  where: string,
  positives: readonly PromptStates[],
  negatives: readonly PromptStates[],
  { shrinkage, target, folds, seed }: DiscriminantOptions,
): FittedDiscriminant {
  const keys = (prompts: readonly PromptStates[]): string[] => prompts.map(({ key }) => key);
  const sides = { positive: keys(positives), negative: keys(negatives) };
  const { count, foldOf } = groupFolds(where, sides, { folds, seed });
  const heldOut = { positives: [] as number[], negatives: [] as number[] };
  for (let fold = 0; fold < count; fold++) {
    const seen = ({ key }: PromptStates): boolean => foldOf.get(key) !== fold;
    const unseen = ({ key }: PromptStates): boolean => foldOf.get(key) === fold;
    const fitted = separate(where, positives.filter(seen), negatives.filter(seen), shrinkage);
    heldOut.positives.push(...positives.filter(unseen).map(({ score }) => largestMargin(fitted, score)));
    heldOut.negatives.push(...negatives.filter(unseen).map(({ score }) => largestMargin(fitted, score)));
  }
  // The calibrator wants distances >= 0: count margins downwards from above the largest.
  const top = 1 + Math.max(...heldOut.positives, ...heldOut.negatives);
  const calibration = calibrateThreshold({
    positives: heldOut.positives.map((value) => top - value),
    negatives: heldOut.negatives.map((value) => top - value),
    target,
  });
  const { direction, offset } = separate(where, positives, negatives, shrinkage);
  return {
    discriminant: { direction, offset: offset - (top - calibration.threshold) },
    calibration,
    folds: count,
  };
}

function largestMargin(discriminant: Discriminant, states: readonly Vector[]): number {
  return Math.max(...states.map((state) => margin(discriminant, state)));
}

/** The discriminant with its border midway between the class means, which get margins 1 and −1. */
function separate(
  where: string,
  positives: readonly PromptStates[],
  negatives: readonly PromptStates[],
  shrinkage: number,
): Discriminant {
  const classes = [positives, negatives].map((prompts) =>
    normalisedRows(prompts.flatMap(({ learn }) => learn)),
  );
  const [positiveMean, negativeMean] = classes.map(rowMean) as [Float64Array, Float64Array];
  const dim = positiveMean.length;
  const rows = classes.reduce((sum, { rows }) => sum + rows, 0);
  const centred = new Float64Array(rows * dim);
  let at = 0;
  for (const [index, { data }] of classes.entries()) {
    const mean = index === 0 ? positiveMean : negativeMean;
    for (let i = 0; i < data.length; i++) centred[at++] = data[i]! - mean[i % dim]!;
  }
  const difference = positiveMean.map((value, j) => value - negativeMean[j]!);
  if (difference.every((value) => value === 0))
    throw new SakeError(
      'not-enough-data',
      `${where}: expected positives and negatives that differ, got equal means; give other negatives`,
    );
  const direction = shrunkSolve(where, centred, rows, difference, shrinkage);
  let gap = 0; // (μ₊ − μ₋)ᵀ Σ⁻¹ (μ₊ − μ₋) > 0
  let middle = 0;
  for (let j = 0; j < dim; j++) {
    gap += direction[j]! * difference[j]!;
    middle += (direction[j]! * (positiveMean[j]! + negativeMean[j]!)) / 2;
  }
  return { direction: direction.map((value) => (2 * value) / gap), offset: (-2 * middle) / gap };
}

function normalisedRows(states: readonly Vector[]): { rows: number; cols: number; data: Float64Array } {
  const dim = states[0]!.length;
  const data = new Float64Array(states.length * dim);
  states.forEach((state, index) => {
    const scale = rootMeanSquare(state);
    for (let j = 0; j < dim; j++) data[index * dim + j] = state[j]! / scale;
  });
  return { rows: states.length, cols: dim, data };
}

function rootMeanSquare(state: Vector): number {
  let square = 0;
  for (const value of state) square += value * value;
  if (!(square > 0))
    throw new SakeError('invalid-input', 'discriminant: expected a state with a direction, got zeros');
  return Math.sqrt(square / state.length);
}
