import { SakeError } from '@sakejs/spec';
import { dot } from './dense-kernels.js';

/**
 * Cholesky factor of a symmetric positive definite matrix: S = L Lᵀ, L lower triangular, row-major [k, k].
 *
 * Reads the lower triangle only.
 * @throws {SakeError} `numerical` when a pivot is not positive beyond rounding of its diagonal entry.
 */
export function cholesky(caller: string, symmetric: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const rest = symmetric[i * size + j]! - dot(lower, i * size, lower, j * size, j);
      if (j < i) lower[i * size + j] = rest / lower[j * size + j]!;
      else if (rest > size * Number.EPSILON * symmetric[i * size + i]! && Number.isFinite(rest))
        lower[i * size + i] = Math.sqrt(rest);
      else
        throw new SakeError(
          'numerical',
          `${caller}: expected a positive definite covariance, got pivot ${rest} at ${i}; use a larger ridge`,
        );
    }
  }
  return lower;
}
