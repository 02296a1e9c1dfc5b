import { SakeError, type Matrix } from '@sakejs/spec';
import { multiply, rowsTimes, scaleColumns, transpose } from './dense-kernels.js';
import type { GaussianPair } from './gaussian-pair.js';
import { scaleOffSpan, type Ridges } from './monge-map.js';
import { addCombination, project } from './orthonormal-basis.js';
import { timesRotations, timesRotationsTransposed } from './rotations.js';
import { symmetricEigen, type SymmetricEigen } from './symmetric-eigen.js';
import { timesReflections, timesReflectionsTransposed, tridiagonalise } from './tridiagonal.js';
import { tridiagonalEigen } from './tridiagonal-eigen.js';

/** Rows [h, d] under the Monge map of one pair of ridges, of the rows' element type. */
export type MapWithRidge = (ridges: Ridges) => Matrix;

/**
 * A few rows [h, d] under the Monge maps of one pair of Gaussians with these ridges and those.
 *
 * With Σ_s = U diag(s) Uᵀ, decomposed once, and T = Uᵀ Σ_t U, ridges ρ and ρ_t on the covariances give
 *
 * ```
 * A = U D⁻¹ M^{1/2} D⁻¹ Uᵀ,   D = diag(s + ρ)^{1/2},   M = D (T + ρ_t I) D
 * ```
 *
 * M^{1/2} is applied by way of M's tridiagonal form and the rotations that diagonalise that; neither A, nor the root, nor
 * eigenvectors are formed. (4/3) k³ + O(h k²) flops a ridge. What `mongeMap` gives but for rounding.
 *
 * @throws {SakeError} `numerical` when a covariance is not positive definite within rounding.
 */
export function ridgePath(caller: string, pair: GaussianPair, rows: Matrix): MapWithRidge {
  const { rank: size, dim, basis, sourceMean, targetMean } = pair;
  const { rows: count } = rows;
  const { values, vectors } = ascending(symmetricEigen(caller, pair.sourceCovariance, size), size);
  const axes = transpose(vectors, size); // Uᵀ
  const target = multiply(multiply(axes, pair.targetCovariance, size), vectors, size); // T
  const centred = new Float64Array(count * dim);
  for (let i = 0, at = 0; i < count; i++)
    for (let j = 0; j < dim; j++, at++) centred[at] = rows.data[at]! - sourceMean[j]!;
  const coordinates = basis === undefined ? centred : new Float64Array(count * size);
  if (basis !== undefined)
    for (let i = 0; i < count; i++) project(basis, rowOf(centred, i, dim), rowOf(coordinates, i, size));
  const inAxes = rowsTimes(coordinates, vectors, count, size); // rows of U

  return (ridges) => {
    const ridge = ridges.source;
    const scales = values.map((value) => Math.sqrt(value + ridge));
    if (size > 0 && !(values[0]! + ridge > size * Number.EPSILON * (values[size - 1]! + ridge)))
      throw notPositive(caller, values[0]! + ridge);
    const inverse = scales.map((scale) => 1 / scale);
    const images = inAxes.slice();
    scaleColumns(images, inverse, count);
    timesRoot(caller, scaled(target, scales, ridges.target, size), images, count, size);
    scaleColumns(images, inverse, count);
    const mapped = rowsTimes(images, axes, count, size);
    const offSpan = scaleOffSpan(pair, ridges);
    const data =
      rows.data instanceof Float64Array
        ? new Float64Array(rows.data.length)
        : new Float32Array(rows.data.length);
    for (let i = 0; i < count; i++) {
      const result = new Float64Array(dim);
      if (basis === undefined) result.set(rowOf(mapped, i, dim));
      else {
        const old = rowOf(coordinates, i, size);
        const change = rowOf(mapped, i, size).map((value, j) => value - offSpan * old[j]!);
        for (let j = 0; j < dim; j++) result[j] = offSpan * centred[i * dim + j]!;
        addCombination(basis, change, result);
      }
      for (let j = 0; j < dim; j++) data[i * dim + j] = targetMean[j]! + result[j]!;
    }
    if (!data.every((value) => Number.isFinite(value)))
      throw new SakeError(
        'numerical',
        `${caller}: expected finite mapped rows, got an overflow; scale the activations down`,
      );
    return { rows: count, cols: dim, data };
  };
}

const rowOf = (rows: Float64Array, index: number, width: number): Float64Array =>
  rows.subarray(index * width, (index + 1) * width);

const notPositive = (caller: string, value: number): SakeError =>
  new SakeError(
    'numerical',
    `${caller}: expected a positive definite covariance, got eigenvalue ${value}; use a larger ridge`,
  );

/** With eigenvalues in ascending order: matrices scaled by them then grow towards their last row. */
function ascending({ values, vectors }: SymmetricEigen, size: number): SymmetricEigen {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  return {
    values: Float64Array.from(order, (from) => Math.max(0, values[from]!)),
    vectors: vectors.map((_, at) => vectors[at - (at % size) + order[at % size]!]!),
  };
}

/** D (T + ρ_t I) D. */
function scaled(target: Float64Array, scales: Float64Array, ridge: number, size: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let i = 0, at = 0; i < size; i++)
    for (let j = 0; j < size; j++, at++)
      product[at] = scales[i]! * scales[j]! * (i === j ? target[at]! + ridge : target[at]!);
  return product;
}

/** Each of `count` rows times M^{1/2}, in place; overwrites `matrix`, which is M. */
function timesRoot(
  caller: string,
  matrix: Float64Array,
  rows: Float64Array,
  count: number,
  size: number,
): void {
  const reduced = tridiagonalise(matrix, size);
  const { values, rotations } = tridiagonalEigen(caller, reduced.diagonal, reduced.offDiagonal);
  const roots = values.map((value) => {
    if (!(value > 0)) throw notPositive(caller, value);
    return Math.sqrt(value);
  });
  timesReflections(reduced, rows, count);
  timesRotations(rotations, rows, count, size);
  scaleColumns(rows, roots, count);
  timesRotationsTransposed(rotations, rows, count, size);
  timesReflectionsTransposed(reduced, rows, count);
}
