import { SakeError, type Matrix, type Vector } from '@sakejs/spec';
import { calibrateThreshold, type Calibration, type CalibrationTarget } from './calibrate-threshold.js';
import { groupFolds, type CrossFitOptions } from './group-folds.js';
import { nearest, stackVectors } from './vector-rows.js';

/** A state with the key of its prompt. */
export interface KeyedState {
  readonly key: string;
  readonly state: Vector;
}

export interface FittedSubjectStates {
  readonly states: Matrix;
  readonly calibration: Calibration;
  /** Folds that the threshold was calibrated over. */
  readonly folds: number;
}

/** States this much nearer to a kept one than the states are long are the same but for float32 rounding. */
const DUPLICATE = 1e-5;

/**
 * At most `most` of the states that cover all of them: the first, then always the one farthest from those
 * kept, until the rest are duplicates. Prompts that begin alike have the same subject state, so few remain.
 */
export function coveringStates(states: readonly Vector[], most: number): Matrix {
  const kept = [states[0]!];
  const width = kept[0]!.length;
  const gaps = states.map((state) => distanceBetween(state, kept[0]!));
  const scale = Math.max(...states.map((state) => distanceBetween(state, new Float64Array(width))));
  while (kept.length < most) {
    const farthest = gaps.indexOf(Math.max(...gaps));
    if (gaps[farthest]! <= DUPLICATE * scale) break;
    const next = states[farthest]!;
    kept.push(next);
    states.forEach((state, index) => (gaps[index] = Math.min(gaps[index]!, distanceBetween(state, next))));
  }
  return stackVectors(kept, width);
}

/** Smallest distance from any position of a prompt to any of the states. */
export function closestMention(states: Matrix, positions: Matrix): number {
  let closest = Number.POSITIVE_INFINITY;
  for (let p = 0; p < positions.rows; p++)
    closest = Math.min(closest, nearest(states, positionState(positions, p), closest).distance);
  return closest;
}

/** State of one position as a view, [d]. */
export function positionState({ cols, data }: Matrix, position: number): Vector {
  return data.subarray(position * cols, (position + 1) * cols);
}

/**
 * The states that say who is spoken of, and how near a mention has to come.
 *
 * Positive distances are from held-out prompts' subject states to the other prompts' states; negative ones
 * from whole prompts that do not name the subject to all of them.
 */
export function fitSubjectStates(
  where: string,
  positives: readonly KeyedState[],
  negatives: readonly Matrix[],
  { most, target, folds, seed }: { most: number; target: CalibrationTarget } & Required<CrossFitOptions>,
): FittedSubjectStates {
  if (negatives.length === 0)
    throw new SakeError(
      'not-enough-data',
      `${where}: expected negatives that do not name the subject (other-subject, same-object, unrelated), got none`,
    );
  const { count, foldOf } = groupFolds(where, { positive: positives.map(({ key }) => key) }, { folds, seed });
  const heldOut = Array.from({ length: count }, (_, fold) => {
    const seen = positives.filter(({ key }) => foldOf.get(key) !== fold);
    const kept = coveringStates(
      seen.map(({ state }) => state),
      most,
    );
    const unseen = positives.filter(({ key }) => foldOf.get(key) === fold);
    return unseen.map(({ state }) => nearest(kept, state).distance);
  }).flat();
  const states = coveringStates(
    positives.map(({ state }) => state),
    most,
  );
  const calibration = calibrateThreshold({
    positives: heldOut,
    negatives: negatives.map((positions) => closestMention(states, positions)),
    target,
  });
  return { states, calibration, folds: count };
}

function distanceBetween(a: Vector, b: Vector): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j]! - b[j]!) ** 2;
  return Math.sqrt(sum);
}
