import { SakeError } from '@sakejs/spec';
import type { Scatter } from './scatter.js';

const MAX_ITERATIONS = 2000;

export interface ShrunkSolveOptions {
  /** A guess to start from, [d]. Default 0. */
  readonly start?: Float64Array;
  /** Norm of the residual that is left, by the right side's. Default 1e-10. */
  readonly tolerance?: number;
}

/**
 * Solves ((1 − α) XᵀX / n + α τ I) w = v by conjugate gradients, τ = ‖X‖² / (n d) the mean variance.
 *
 * X holds n centred rows. Few iterations, since shrinkage bounds the condition number by 1 + d (1 − α) / α.
 *
 * @throws {SakeError} `not-enough-data` when the rows are all zero, `numerical` when it does not converge.
 */
export function shrunkSolve(
  where: string,
  { rows, square, apply }: Scatter,
  right: Float64Array,
  shrinkage: number,
  { start, tolerance = 1e-10 }: ShrunkSolveOptions = {},
): Float64Array {
  const dim = right.length;
  const floor = (shrinkage * square) / (rows * dim);
  if (!(floor > 0))
    throw new SakeError(
      'not-enough-data',
      `${where}: expected states that vary within a class, got ${rows} equal ones; give more varied prompts`,
    );
  const weight = (1 - shrinkage) / rows;
  const applied = new Float64Array(dim);
  const applyTo = (vector: Float64Array): void => {
    apply(vector, applied);
    for (let j = 0; j < dim; j++) applied[j] = floor * vector[j]! + weight * applied[j]!;
  };

  const solution = start?.slice() ?? new Float64Array(dim);
  const residual = right.slice();
  if (start !== undefined) {
    applyTo(start);
    for (let j = 0; j < dim; j++) residual[j]! -= applied[j]!;
  }
  const step = residual.slice();
  let energy = squaredLength(residual);
  const goal = squaredLength(right) * tolerance ** 2;
  for (let iteration = 0; energy > goal; iteration++) {
    if (iteration === MAX_ITERATIONS)
      throw new SakeError(
        'numerical',
        `${where}: expected conjugate gradients to converge in ${MAX_ITERATIONS} iterations; use a larger shrinkage`,
      );
    applyTo(step);
    let curvature = 0;
    for (let j = 0; j < dim; j++) curvature += step[j]! * applied[j]!;
    const length = energy / curvature;
    for (let j = 0; j < dim; j++) {
      solution[j]! += length * step[j]!;
      residual[j]! -= length * applied[j]!;
    }
    const next = squaredLength(residual);
    const keep = next / energy;
    for (let j = 0; j < dim; j++) step[j] = residual[j]! + keep * step[j]!;
    energy = next;
  }
  return solution;
}

function squaredLength(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return sum;
}
