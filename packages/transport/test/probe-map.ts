import { createRandom, type Matrix, type TransportMap } from '@sakejs/spec';

/** A and b of an affine map m(h) = A h + b, read off by applying it to the basis vectors. A row-major [d, d]. */
export function probeMap(map: TransportMap): { a: Float64Array; b: Float64Array } {
  const { dim } = map;
  const b = map.apply(new Float64Array(dim));
  const a = new Float64Array(dim * dim);
  for (let j = 0; j < dim; j++) {
    const unit = new Float64Array(dim);
    unit[j] = 1;
    map.apply(unit).forEach((value, i) => (a[i * dim + j] = value - b[i]!));
  }
  return { a, b };
}

/** Largest difference over the largest magnitude of `expected`. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = actual.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return scale === 0 ? difference : difference / scale;
}

/** Rows x = offset + z M with z standard normal and M random, [rows, dim], float64. */
export function correlatedRows(seed: string, rows: number, dim: number): Matrix<Float64Array> {
  const random = createRandom(seed);
  const mix = Float64Array.from({ length: dim * dim }, () => random.normal() / Math.sqrt(dim));
  const offset = Float64Array.from({ length: dim }, () => 2 * random.normal());
  const data = new Float64Array(rows * dim);
  for (let i = 0; i < rows; i++) {
    data.set(offset, i * dim);
    for (let k = 0; k < dim; k++) {
      const z = random.normal();
      for (let j = 0; j < dim; j++) data[i * dim + j]! += z * mix[k * dim + j]!;
    }
  }
  return { rows, cols: dim, data };
}

/** Product of two square row-major matrices. */
export function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++)
      for (let j = 0; j < size; j++) product[i * size + j]! += a[i * size + k]! * b[k * size + j]!;
  return product;
}

/** Covariance with 1/n and `ridge` on its diagonal, [d, d], straight from the definition. */
export function covarianceOf({ rows, cols, data }: Matrix, ridge: number): Float64Array {
  const mean = Array.from({ length: cols }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += data[i * cols + j]!;
    return sum / rows;
  });
  const covariance = new Float64Array(cols * cols);
  for (let a = 0; a < cols; a++)
    for (let b = 0; b < cols; b++) {
      let sum = 0;
      for (let i = 0; i < rows; i++)
        sum += (data[i * cols + a]! - mean[a]!) * (data[i * cols + b]! - mean[b]!);
      covariance[a * cols + b] = sum / rows + (a === b ? ridge : 0);
    }
  return covariance;
}
