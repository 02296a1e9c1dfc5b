/** An orthonormal basis of the span of some rows, stored as rows. */
export interface RowBasis {
  /** Basis vectors as rows, Qᵀ, row-major [k, d]. */
  readonly vectors: Float64Array;
  readonly rank: number;
  readonly dim: number;
}

/** Coordinates of a vector in a basis: out = Qᵀ x, [k]. Four basis vectors a pass over x. */
export function project(basis: RowBasis, x: Float64Array, out: Float64Array): void {
  const { vectors, rank, dim } = basis;
  let j = 0;
  for (; j + 4 <= rank; j += 4) {
    const a = j * dim;
    const b = a + dim;
    const c = b + dim;
    const d = c + dim;
    let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
    for (let i = 0; i < dim; i++) {
      const value = x[i]!;
      sumA += vectors[a + i]! * value;
      sumB += vectors[b + i]! * value;
      sumC += vectors[c + i]! * value;
      sumD += vectors[d + i]! * value;
    }
    out[j] = sumA;
    out[j + 1] = sumB;
    out[j + 2] = sumC;
    out[j + 3] = sumD;
  }
  for (; j < rank; j++) {
    let sum = 0;
    for (let i = 0, at = j * dim; i < dim; i++, at++) sum += vectors[at]! * x[i]!;
    out[j] = sum;
  }
}

/** Adds a combination of basis vectors: x += Q c, in place. Four basis vectors a pass over x. */
export function addCombination(basis: RowBasis, coefficients: Float64Array, x: Float64Array): void {
  const { vectors, rank, dim } = basis;
  let j = 0;
  for (; j + 4 <= rank; j += 4) {
    const a = j * dim;
    const b = a + dim;
    const c = b + dim;
    const d = c + dim;
    const [ca, cb, cc, cd] = [
      coefficients[j]!,
      coefficients[j + 1]!,
      coefficients[j + 2]!,
      coefficients[j + 3]!,
    ];
    for (let i = 0; i < dim; i++)
      x[i]! += ca * vectors[a + i]! + cb * vectors[b + i]! + cc * vectors[c + i]! + cd * vectors[d + i]!;
  }
  for (; j < rank; j++) {
    const c = coefficients[j]!;
    for (let i = 0, at = j * dim; i < dim; i++, at++) x[i]! += c * vectors[at]!;
  }
}

/** Largest number of Gram-Schmidt passes over one row; two suffice unless the row is all rounding. */
const MAX_PASSES = 4;
/** A pass that leaves less than this share of the length cancelled too much and is repeated (Kahan, Parlett). */
const REPEAT_BELOW = Math.SQRT1_2;

/**
 * An orthonormal basis of the span of `count` rows of width `dim`, by Gram-Schmidt with
 * reorthogonalisation.
 *
 * Rank-revealing: a row whose part outside the span so far is shorter than `tolerance` adds nothing, so
 * duplicates, sums of rows and zero rows do not raise the rank. QᵀQ = I to a few 1e-15.
 * Cost: O(count · k · dim), memory [count, dim].
 */
export function orthonormalBasis(
  rows: Float64Array,
  count: number,
  dim: number,
  tolerance: number,
): RowBasis {
  const vectors = new Float64Array(Math.min(count, dim) * dim);
  const coefficients = new Float64Array(Math.min(count, dim));
  let rank = 0;
  for (let i = 0; i < count && rank < dim; i++) {
    const rest = vectors.subarray(rank * dim, (rank + 1) * dim);
    rest.set(rows.subarray(i * dim, (i + 1) * dim));
    const span = { vectors, rank, dim };
    let length = norm(rest);
    for (let pass = 0; pass < MAX_PASSES && length > tolerance; pass++) {
      project(span, rest, coefficients);
      for (let j = 0; j < rank; j++) coefficients[j] = -coefficients[j]!;
      addCombination(span, coefficients, rest);
      const left = norm(rest);
      const settled = left >= REPEAT_BELOW * length;
      length = left;
      if (settled) break;
    }
    if (length <= tolerance) {
      rest.fill(0);
      continue;
    }
    for (let j = 0; j < dim; j++) rest[j]! /= length;
    rank++;
  }
  return { vectors: vectors.slice(0, rank * dim), rank, dim };
}

/** Euclidean length of a vector. */
export function norm(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}
