import { SakeError } from '@sakejs/spec';
import { timesRotations } from './rotations.js';
import { formReflections, tridiagonalise } from './tridiagonal.js';
import { tridiagonalEigen } from './tridiagonal-eigen.js';

export interface SymmetricEigen {
  /** In no particular order, [k]. */
  readonly values: Float64Array;
  /** Eigenvectors as columns in the order of the values, row-major [k, k]; orthogonal to a few 1e-15. */
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix S = V Λ Vᵀ, row-major [k, k].
 *
 * Householder tridiagonalisation and implicit QL; errors are a few ε times the largest eigenvalue. O(k³). Reads the lower
 * triangle only; leaves `matrix` as it is.
 *
 * @throws {SakeError} `numerical` for a matrix that is not finite, or when an eigenvalue does not settle, which a finite one
 * does not cause.
 */
export function symmetricEigen(caller: string, matrix: Float64Array, size: number): SymmetricEigen {
  const reduced = tridiagonalise(matrix.slice(), size);
  if (!reduced.diagonal.every((value) => Number.isFinite(value)))
    throw new SakeError('numerical', `${caller}: expected a finite symmetric matrix, got an overflow or NaN`);
  const { values, rotations } = tridiagonalEigen(caller, reduced.diagonal, reduced.offDiagonal);
  const vectors = formReflections(reduced);
  timesRotations(rotations, vectors, size, size);
  return { values, vectors };
}
