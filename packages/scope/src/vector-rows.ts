import { SakeError, type Matrix, type Vector } from '@sakejs/spec';

/** @throws {SakeError} `shape-mismatch` for another width, `invalid-input` for a value that is not finite. */
export function checkVector(where: string, what: string, vector: Vector, width: number): void {
  if (vector.length !== width)
    throw new SakeError(
      'shape-mismatch',
      `${where}: expected ${what} of width ${width}, got ${vector.length}; was the scope fitted on another model?`,
    );
  const bad = vector.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new SakeError(
      'invalid-input',
      `${where}: expected ${what} to be finite, got ${vector[bad]} at ${bad}`,
    );
}

/** The vectors as rows, copied: float32 when every one is, else float64. */
export function stackVectors(vectors: readonly Vector[], width: number): Matrix {
  const single = vectors.every((vector) => vector instanceof Float32Array);
  const size = vectors.length * width;
  const data = single ? new Float32Array(size) : new Float64Array(size);
  vectors.forEach((vector, index) => data.set(vector, index * width));
  return { rows: vectors.length, cols: width, data };
}

/** Mean of the rows in float64, [d]. */
export function rowMean({ rows, cols, data }: Matrix): Float64Array {
  const mean = new Float64Array(cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) mean[j]! += data[i * cols + j]!;
  for (let j = 0; j < cols; j++) mean[j]! /= rows;
  return mean;
}

/** Values summed before the sum is looked at. */
const BLOCK = 16;

/**
 * Smallest Euclidean distance of `vector` to a row, and which row; stops summing a row that is already
 * farther than the best, or than `within`. Infinity and -1 when no row is nearer than that.
 */
export function nearest(
  { rows, cols, data }: Matrix,
  vector: Vector,
  within: number = Number.POSITIVE_INFINITY,
): { distance: number; index: number } {
  let best = within * within;
  let index = -1;
  for (let i = 0, from = 0; i < rows; i++, from += cols) {
    let sum = 0;
    for (let j = 0; j < cols && sum < best;) {
      const to = Math.min(j + BLOCK, cols);
      let even = 0;
      let odd = 0;
      for (; j + 1 < to; j += 2) {
        const a = vector[j]! - data[from + j]!;
        const b = vector[j + 1]! - data[from + j + 1]!;
        even += a * a;
        odd += b * b;
      }
      if (j < to) {
        const a = vector[j]! - data[from + j]!;
        even += a * a;
        j++;
      }
      sum += even + odd;
    }
    if (sum < best) {
      best = sum;
      index = i;
    }
  }
  return { distance: index < 0 ? Number.POSITIVE_INFINITY : Math.sqrt(best), index };
}
