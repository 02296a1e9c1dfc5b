import { SakeError } from '@sakejs/spec';
import { dot, multiply, transpose } from './dense-kernels.js';
import { symmetricEigen } from './symmetric-eigen.js';

export interface RightSingular {
  /** Right singular vectors as rows, Vᵀ, [k, k]. */
  readonly vectors: Float64Array;
  /** Singular values in the order of the vectors, [k]. */
  readonly values: Float64Array;
}

const MAX_SWEEPS = 30;

/**
 * Singular values and right singular vectors of a square matrix X, row-major [k, k]: X = U Σ Vᵀ.
 *
 * The eigenvectors V of XᵀX give Y = X V with nearly orthogonal columns; one-sided Jacobi rotations finish
 * what squaring lost. So a singular value σ is good to ε σ_max / σ, where XᵀX alone would leave ε (σ_max / σ)².
 * O(k³); on well-conditioned matrices the rotations are only checked, not made.
 *
 * @throws {SakeError} `numerical` when the rotations do not settle, which finite input does not cause.
 */
export function rightSingular(caller: string, x: Float64Array, size: number): RightSingular {
  const transposed = transpose(x, size);
  const gram = multiply(transposed, x, size);
  const vectors = transpose(symmetricEigen(caller, gram, size).vectors, size);
  const images = multiply(vectors, transposed, size); // row j: X v_j
  const squares = new Float64Array(size);
  for (let j = 0; j < size; j++) squares[j] = dot(images, j * size, images, j * size, size);
  const tolerance = size * Number.EPSILON;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let settled = true;
    for (let p = 0; p < size; p++)
      for (let q = p + 1; q < size; q++) {
        const product = dot(images, p * size, images, q * size, size);
        if (Math.abs(product) <= tolerance * Math.sqrt(squares[p]! * squares[q]!)) continue;
        settled = false;
        const ratio = (squares[q]! - squares[p]!) / (2 * product);
        const tangent = Math.sign(ratio || 1) / (Math.abs(ratio) + Math.hypot(1, ratio));
        const cosine = 1 / Math.hypot(1, tangent);
        rotate(images, p * size, q * size, size, cosine, cosine * tangent);
        rotate(vectors, p * size, q * size, size, cosine, cosine * tangent);
        squares[p] = dot(images, p * size, images, p * size, size);
        squares[q] = dot(images, q * size, images, q * size, size);
      }
    if (settled) return { vectors, values: squares.map(Math.sqrt) };
  }
  throw new SakeError(
    'numerical',
    `${caller}: expected rotations to settle in ${MAX_SWEEPS} sweeps; use a larger ridge`,
  );
}

/** Rotates two rows of a matrix in place: (p, q) <- (c p − s q, s p + c q). */
function rotate(
  rows: Float64Array,
  p: number,
  q: number,
  length: number,
  cosine: number,
  sine: number,
): void {
  for (let i = 0; i < length; i++) {
    const a = rows[p + i]!;
    const b = rows[q + i]!;
    rows[p + i] = cosine * a - sine * b;
    rows[q + i] = sine * a + cosine * b;
  }
}
