import { row, SakeError, type Matrix } from '@sakejs/spec';
import type { KeySolver } from '../rome/key-solver.js';

/**
 * The directions along which MEMIT changes a weight: columns of (λ C + K Kᵀ)⁻¹ K, as rows [edits, d_ff].
 *
 * By C⁻¹ K (λ I + Kᵀ C⁻¹ K)⁻¹, so that what is factored is as large as the batch and C only once for all batches; directly for more keys than a key is wide.
 * Cost for N keys: O(N d_ff²) + O(N² d_ff) + O(N³), or O(N d_ff²) + O(d_ff³).
 * Source: Meng et al. (arXiv 2210.07229), equation 14, by the Woodbury identity.
 *
 * @param keys K, a row an edit, [edits, d_ff].
 * @param momentWeight λ > 0.
 * @throws {SakeError} `shape-mismatch` for keys of another width; `numerical` when they are not finite.
 */
export function spreadKeys(solver: KeySolver, keys: Matrix, momentWeight: number): Float64Array[] {
  if (keys.rows > solver.size) {
    const summed = solver.withKeys(momentWeight, keys);
    return Array.from({ length: keys.rows }, (_, i) => summed.solve(row(keys, i)));
  }
  const solved = Array.from({ length: keys.rows }, (_, i) => solver.solve(row(keys, i))); // C⁻¹ K by edit
  const n = keys.rows;
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++)
      lower[i * n + j] = dot(row(keys, i), solved[j]!) + (i === j ? momentWeight : 0);
  factor(lower, n);
  const inverse = Array.from({ length: n }, (_, i) => solveUnit(lower, n, i)); // columns, symmetric
  return inverse.map((weights) => combine(solved, weights));
}

/** L of a positive definite matrix in its place, lower triangle. */
function factor(lower: Float64Array, n: number): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let rest = lower[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= lower[i * n + k]! * lower[j * n + k]!;
      if (i === j && !(rest > 0))
        throw new SakeError(
          'numerical',
          `spreadKeys: expected λ I + Kᵀ C⁻¹ K to be positive definite, got a pivot of ${rest} at key ${i}`,
        );
      lower[i * n + j] = i === j ? Math.sqrt(rest) : rest / lower[j * n + j]!;
    }
}

/** x of L Lᵀ x = eᵢ. */
function solveUnit(lower: Float64Array, n: number, unit: number): Float64Array {
  const x = new Float64Array(n);
  x[unit] = 1;
  for (let i = unit; i < n; i++) {
    for (let k = unit; k < i; k++) x[i]! -= lower[i * n + k]! * x[k]!;
    x[i]! /= lower[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    x[i]! /= lower[i * n + i]!;
    for (let k = 0; k < i; k++) x[k]! -= lower[i * n + k]! * x[i]!;
  }
  return x;
}

function combine(columns: readonly Float64Array[], weights: Float64Array): Float64Array {
  const sum = new Float64Array(columns[0]?.length ?? 0);
  columns.forEach((column, at) => {
    const weight = weights[at]!;
    for (let i = 0; i < sum.length; i++) sum[i]! += weight * column[i]!;
  });
  return sum;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}
