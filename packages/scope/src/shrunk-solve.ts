import { SakeError } from '@sakejs/spec';

const RELATIVE_RESIDUAL = 1e-10;
const MAX_ITERATIONS = 2000;

/**
 * Solves ((1 − α) XᵀX / n + α τ I) w = v by conjugate gradients, τ = ‖X‖² / (n d) the mean variance.
 *
 * X holds n centred rows, row-major [n, d]. Neither a d×d nor an n×n matrix is formed: O(n d) an iteration,
 * and few iterations, since shrinkage bounds the condition number by 1 + d (1 − α) / α.
 *
 * @throws {SakeError} `not-enough-data` when the rows are all zero, `numerical` when it does not converge.
 */
export function shrunkSolve(
  where: string,
  centred: Float64Array,
  rows: number,
  right: Float64Array,
  shrinkage: number,
): Float64Array {
  const dim = right.length;
  let square = 0;
  for (const value of centred) square += value * value;
  const floor = (shrinkage * square) / (rows * dim);
  if (!(floor > 0))
    throw new SakeError(
      'not-enough-data',
      `${where}: expected states that vary within a class, got ${rows} equal ones; give more varied prompts`,
    );
  const weight = (1 - shrinkage) / rows;
  const applied = new Float64Array(dim);
  const applyTo = (vector: Float64Array): void => {
    for (let j = 0; j < dim; j++) applied[j] = floor * vector[j]!;
    for (let i = 0, from = 0; i < rows; i++, from += dim) {
      let along = 0;
      for (let j = 0; j < dim; j++) along += centred[from + j]! * vector[j]!;
      along *= weight;
      for (let j = 0; j < dim; j++) applied[j]! += along * centred[from + j]!;
    }
  };

  const solution = new Float64Array(dim);
  const residual = right.slice();
  const step = right.slice();
  let energy = squaredLength(residual);
  const goal = energy * RELATIVE_RESIDUAL ** 2;
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
