import { SakeError, type Vector } from '@sakejs/spec';
import { calibrateThreshold, type Calibration, type CalibrationTarget } from './calibrate-threshold.js';
import { groupFolds, type CrossFitOptions } from './group-folds.js';
import { combine, momentsOf, rowScatter, scatterOf, type Scatter } from './scatter.js';
import { shrunkSolve, type ShrunkSolveOptions } from './shrunk-solve.js';
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

/** Accuracy of the directions that only borders are drawn with. */
const FOLD_TOLERANCE = 1e-5;

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
  const inFold = (fold: number, prompts: readonly PromptStates[]): PromptStates[] =>
    prompts.filter(({ key }) => foldOf.get(key) === fold);
  const classesOf = foldedClasses(positives, negatives, count, inFold);
  const whole = separate(where, classesOf(undefined), shrinkage);
  const heldOut = { positives: [] as number[], negatives: [] as number[] };
  for (let fold = 0; fold < count; fold++) {
    // Borders need a few digits of it, and it is near the one of all prompts.
    const solving = { start: whole.solution, tolerance: FOLD_TOLERANCE };
    const fitted = separate(where, classesOf(fold), shrinkage, solving);
    const margins = (prompts: readonly PromptStates[]): number[] =>
      inFold(fold, prompts).map(({ score }) => largestMargin(fitted, score));
    heldOut.positives.push(...margins(positives));
    heldOut.negatives.push(...margins(negatives));
  }
  // The calibrator wants distances >= 0: count margins downwards from above the largest.
  const top = 1 + Math.max(...heldOut.positives, ...heldOut.negatives);
  const calibration = calibrateThreshold({
    positives: heldOut.positives.map((value) => top - value),
    negatives: heldOut.negatives.map((value) => top - value),
    target,
  });
  const { direction, offset } = whole;
  return {
    discriminant: { direction, offset: offset - (top - calibration.threshold) },
    calibration,
    folds: count,
  };
}

function largestMargin(discriminant: Discriminant, states: readonly Vector[]): number {
  return Math.max(...states.map((state) => margin(discriminant, state)));
}

/** Two classes of normalised states: their means and their scatter about them. */
interface Classes {
  readonly means: readonly [Float64Array, Float64Array];
  readonly scatter: Scatter;
}

/** Widest states for which sums of outer products are kept, one [d, d] a fold. */
const WIDEST_GRAM = 1024;

/**
 * The classes of all prompts, or of those outside a fold.
 *
 * Where there are more states than dimensions, each fold's sums are made once, and the others' are the whole's without them:
 * one pass over the states in place of one a fold. Otherwise rows are centred anew.
 */
function foldedClasses(
  positives: readonly PromptStates[],
  negatives: readonly PromptStates[],
  count: number,
  inFold: (fold: number, prompts: readonly PromptStates[]) => PromptStates[],
): (without: number | undefined) => Classes {
  const learned = (prompts: readonly PromptStates[]): Vector[] => prompts.flatMap(({ learn }) => learn);
  const dim = positives[0]!.learn[0]!.length;
  const states = learned(positives).length + learned(negatives).length;
  if (states <= dim || dim > WIDEST_GRAM)
    return (without) => {
      const outside = (prompts: readonly PromptStates[]): readonly PromptStates[] => {
        const left = without === undefined ? [] : inFold(without, prompts);
        return prompts.filter((prompt) => !left.includes(prompt));
      };
      return centredClasses(
        normalisedRows(learned(outside(positives)), dim),
        normalisedRows(learned(outside(negatives)), dim),
      );
    };
  const folds = Array.from({ length: count }, (_, fold) =>
    momentsOf(
      [positives, negatives].map((prompts) => normalisedRows(learned(inFold(fold, prompts)), dim)),
      dim,
    ),
  );
  const whole = folds.reduce((sum, fold) => combine(sum, fold, 1));
  return (without) => {
    const moments = without === undefined ? whole : combine(whole, folds[without]!, -1);
    const { counts, sums } = moments;
    return {
      means: [sums[0].map((value) => value / counts[0]), sums[1].map((value) => value / counts[1])],
      scatter: scatterOf(moments),
    };
  };
}

function centredClasses(positives: Rows, negatives: Rows): Classes {
  const dim = positives.cols;
  const means: [Float64Array, Float64Array] = [rowMean(positives), rowMean(negatives)];
  const centred = new Float64Array(positives.data.length + negatives.data.length);
  let at = 0;
  for (const [index, { data }] of [positives, negatives].entries())
    for (let i = 0; i < data.length; i++) centred[at++] = data[i]! - means[index]![i % dim]!;
  return { means, scatter: rowScatter(centred, positives.rows + negatives.rows, dim) };
}

/** The discriminant with its border midway between the class means, which get margins 1 and −1. */
function separate(
  where: string,
  { means: [positiveMean, negativeMean], scatter }: Classes,
  shrinkage: number,
  solving: ShrunkSolveOptions = {},
): Discriminant & { readonly solution: Float64Array } {
  const dim = positiveMean.length;
  const difference = positiveMean.map((value, j) => value - negativeMean[j]!);
  if (difference.every((value) => value === 0))
    throw new SakeError(
      'not-enough-data',
      `${where}: expected positives and negatives that differ, got equal means; give other negatives`,
    );
  const direction = shrunkSolve(where, scatter, difference, shrinkage, solving);
  let gap = 0; // (μ₊ − μ₋)ᵀ Σ⁻¹ (μ₊ − μ₋) > 0
  let middle = 0;
  for (let j = 0; j < dim; j++) {
    gap += direction[j]! * difference[j]!;
    middle += (direction[j]! * (positiveMean[j]! + negativeMean[j]!)) / 2;
  }
  return {
    direction: direction.map((value) => (2 * value) / gap),
    offset: (-2 * middle) / gap,
    solution: direction,
  };
}

interface Rows {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
}

function normalisedRows(states: readonly Vector[], dim: number): Rows {
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
