import { SakeError } from '@sakejs/spec';
import { cholesky } from './cholesky.js';
import { dot, multiply, transpose } from './dense-kernels.js';
import { rightSingular } from './right-singular.js';

/**
 * The symmetric positive definite A with A S A = T, for symmetric positive definite S and T, [k, k].
 *
 * ```
 * A = S^{-1/2} (S^{1/2} T S^{1/2})^{1/2} S^{-1/2} = L^{-T} (Lᵀ T L)^{1/2} L^{-1},   S = L Lᵀ, T = R Rᵀ
 * ```
 *
 * With the singular value decomposition Rᵀ L = U Σ Vᵀ the root is V Σ Vᵀ, so A = W Wᵀ with
 * W = L^{-T} V Σ^{1/2}: symmetric to the bit. All row-major; O(k³). Relative error about
 * ε · (largest eigenvalue of S and T) / (smallest), not its square as from eigenvalues of Lᵀ T L.
 *
 * @throws {SakeError} `numerical` when S or T is not positive definite within rounding.
 */
export function mongeOperator(
  caller: string,
  sourceCovariance: Float64Array,
  targetCovariance: Float64Array,
  size: number,
): Float64Array {
  if (size === 0) return new Float64Array(0);
  const lower = cholesky(caller, sourceCovariance, size);
  const targetLower = cholesky(caller, targetCovariance, size);
  const product = multiply(transpose(targetLower, size), lower, size); // Rᵀ L
  const { vectors, values } = rightSingular(caller, product, size);
  for (let j = 0; j < size; j++) {
    const value = values[j]!;
    if (!(value > 0) || !Number.isFinite(value))
      throw new SakeError(
        'numerical',
        `${caller}: expected positive finite singular values, got ${value}; use a larger ridge`,
      );
    const root = Math.sqrt(value);
    for (let i = 0; i < size; i++) vectors[j * size + i]! *= root;
  }
  const w = transpose(vectors, size);
  solveTransposed(lower, w, size); // L^{-T} V Σ^{1/2}
  return gramOfRows(w, size);
}

/** Solves Lᵀ X = B in place, B [k, k] row-major. */
function solveTransposed(lower: Float64Array, right: Float64Array, size: number): void {
  for (let j = size - 1; j >= 0; j--) {
    const from = j * size;
    const pivot = lower[from + j]!;
    for (let at = 0; at < size; at++) right[from + at]! /= pivot;
    for (let i = 0; i < j; i++) {
      const factor = lower[from + i]!;
      const to = i * size;
      for (let at = 0; at < size; at++) right[to + at]! -= factor * right[from + at]!;
    }
  }
}

/** W Wᵀ, exactly symmetric, [k, k]. */
function gramOfRows(matrix: Float64Array, size: number): Float64Array {
  const gram = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      const sum = dot(matrix, i * size, matrix, j * size, size);
      gram[i * size + j] = sum;
      gram[j * size + i] = sum;
    }
  return gram;
}
