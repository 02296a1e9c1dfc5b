import { SakeError, type Matrix } from '@sakejs/spec';
import type { KeyMoments } from './key-moments.js';

/** Solves C x = k for a fixed C. */
export interface KeySolver {
  readonly size: number;
  /** C⁻¹ k, [size]. */
  solve(key: ArrayLike<number>): Float64Array;
  /**
   * A solver of w C + K Kᵀ for further keys K, rows of [n, size]. O(n d_ff²) + O(d_ff³).
   *
   * @throws {SakeError} `shape-mismatch`; `not-enough-data` when that is not positive definite.
   */
  withKeys(weight: number, keys: Matrix): KeySolver;
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
  const matrix = moment.slice();
  for (let i = 0; i < size; i++) matrix[i * size + i]! += added;
  return solverOf({ matrix, size, count });
}

interface Symmetric {
  /** [size, size] */
  readonly matrix: Float64Array;
  readonly size: number;
  /** Keys that it was taken from. */
  readonly count: number;
}

function solverOf(of: Symmetric): KeySolver {
  const { matrix, size, count } = of;
  const lower = factored(of);
  return {
    size,
    solve: (key) => solveFactored(lower, size, key),
    withKeys: (weight, { rows, cols, data }) => {
      if (cols !== size)
        throw new SakeError('shape-mismatch', `withKeys: expected keys of ${size} numbers, got ${cols}`);
      const sum = matrix.map((x) => weight * x);
      for (let r = 0; r < rows; r++)
        for (let i = 0; i < size; i++) {
          const x = data[r * size + i]!;
          for (let j = 0; j < size; j++) sum[i * size + j]! += x * data[r * size + j]!;
        }
      return solverOf({ matrix: sum, size, count: count + rows });
    },
  };
}

/** L, lower triangle. */
function factored({ matrix, size, count }: Symmetric): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) rest -= lower[i * size + k]! * lower[j * size + k]!;
      if (j < i) lower[i * size + j] = rest / lower[j * size + j]!;
      else if (rest > size * Number.EPSILON * matrix[i * size + i]!) lower[i * size + i] = Math.sqrt(rest);
      else
        throw new SakeError(
          'not-enough-data',
          `createKeySolver: expected a positive definite second moment of ${size} x ${size}, got one of rank about ${i} ` +
            `from ${count} tokens; take more text or a ridge`,
          { details: { size, count, pivot: i } },
        );
    }
  return lower;
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
