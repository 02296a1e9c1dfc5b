import { SakeError } from '@sakejs/spec';
import type { KeyMoments } from './key-moments.js';

/** Solves C x = k for a fixed C. */
export interface KeySolver {
  readonly size: number;
  /** C⁻¹ k, [size]. */
  solve(key: ArrayLike<number>): Float64Array;
}

/**
 * A factorisation of the keys' second moment, C + ρ mean(diag C) I = L Lᵀ. O(d_ff³) once, O(d_ff²) a key.
 *
 * @param options.ridge ρ, relative to the mean of C's diagonal. Default 0, as ROME has it; a corpus of fewer tokens than
 *   a key is wide needs some.
 * @throws {SakeError} `invalid-option` for a negative ridge; `not-enough-data` when C is not positive definite.
 */
export function createKeySolver(
  { moment, size, count }: KeyMoments,
  { ridge = 0 }: { readonly ridge?: number } = {},
): KeySolver {
  if (!(ridge >= 0))
    throw new SakeError('invalid-option', `createKeySolver: expected a ridge of 0 or more, got ${ridge}`);
  let trace = 0;
  for (let i = 0; i < size; i++) trace += moment[i * size + i]!;
  const added = (ridge * trace) / size;
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let rest = moment[i * size + j]! + (i === j ? added : 0);
      for (let k = 0; k < j; k++) rest -= lower[i * size + k]! * lower[j * size + k]!;
      if (j < i) lower[i * size + j] = rest / lower[j * size + j]!;
      else if (rest > size * Number.EPSILON * (moment[i * size + i]! + added))
        lower[i * size + i] = Math.sqrt(rest);
      else
        throw new SakeError(
          'not-enough-data',
          `createKeySolver: expected a positive definite second moment of ${size} x ${size}, got one of rank about ${i} ` +
            `from ${count} tokens; take more text or a ridge`,
          { details: { size, count, pivot: i } },
        );
    }
  return { size, solve: (key) => solveFactored(lower, size, key) };
}

/** x of L Lᵀ x = k: forward, then back. */
function solveFactored(lower: Float64Array, size: number, key: ArrayLike<number>): Float64Array {
  if (key.length !== size)
    throw new SakeError('shape-mismatch', `solve: expected a key of ${size} numbers, got ${key.length}`);
  const x = Float64Array.from(key);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i * size + k]! * x[k]!;
    x[i]! /= lower[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    x[i]! /= lower[i * size + i]!;
    for (let k = 0; k < i; k++) x[k]! -= lower[i * size + k]! * x[i]!;
  }
  return x;
}
