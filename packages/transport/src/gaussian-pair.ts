import type { Matrix } from '@sakejs/spec';
import { centredRows, columnMeans } from './column-statistics.js';
import { norm, orthonormalBasis, project, type RowBasis } from './orthonormal-basis.js';
import { shrinkage, type CovarianceEstimator } from './shrinkage.js';

/**
 * Two sets of rows as Gaussians, seen in a basis of the span of both sets' centred rows.
 *
 * Covariances are of 1/n form, shrunk where the estimator says so, without ridge, row-major [k, k]. Without a basis they are
 * in the coordinates of the activations themselves, k = d.
 */
export interface GaussianPair {
  readonly dim: number;
  /** k. */
  readonly rank: number;
  readonly sourceMean: Float64Array;
  readonly targetMean: Float64Array;
  readonly sourceCovariance: Float64Array;
  readonly targetCovariance: Float64Array;
  /** Variance that shrinking gives every direction off the span; 0 for empirical covariances. */
  readonly sourceFloor: number;
  readonly targetFloor: number;
  /** Absent in the dense form. */
  readonly basis?: RowBasis;
}

export interface GaussianPairOptions {
  readonly form?: 'dense' | 'low-rank' | undefined;
  /** Default `empirical`. */
  readonly covariance?: CovarianceEstimator;
}

/** Share of the longest row below which a direction counts as rounding of the mean and is left out. */
const RELATIVE_TOLERANCE = 1e-13;

/**
 * Means and covariances of two sets of rows, [n, d] and [m, d].
 *
 * In low-rank form (k <= n + m - 2) unless the rows may span the whole space, n + m - 2 >= d: then dense,
 * and a basis would only cost time. So no d×d matrix is formed while n + m < d + 2.
 * `form` overrides that choice; both give the same map.
 */
export function gaussianPair(
  source: Matrix,
  target: Matrix,
  { form, covariance = 'empirical' }: GaussianPairOptions = {},
): GaussianPair {
  const dim = source.cols;
  const sourceMean = columnMeans(source);
  const targetMean = columnMeans(target);
  const rows = new Float64Array((source.rows + target.rows) * dim); // centred source above centred target
  rows.set(centredRows(source, sourceMean));
  rows.set(centredRows(target, targetMean), source.rows * dim);
  const dense = form === undefined ? source.rows + target.rows - 2 >= dim : form === 'dense';
  const estimated = (coordinates: Float64Array, rank: number): Omit<GaussianPair, 'basis'> => {
    const s = estimate(covariance, coordinates, 0, source.rows, rank, dim);
    const t = estimate(covariance, coordinates, source.rows, target.rows, rank, dim);
    return {
      dim,
      rank,
      sourceMean,
      targetMean,
      sourceCovariance: s.covariance,
      targetCovariance: t.covariance,
      sourceFloor: s.floor,
      targetFloor: t.floor,
    };
  };
  if (dense) return estimated(rows, dim);
  const scale = Math.max(longestRow(source), longestRow(target));
  const basis = orthonormalBasis(rows, source.rows + target.rows, dim, RELATIVE_TOLERANCE * scale);
  const { rank } = basis;
  const coordinates = new Float64Array((source.rows + target.rows) * rank);
  for (let i = 0; i < source.rows + target.rows; i++)
    project(basis, rows.subarray(i * dim, (i + 1) * dim), coordinates.subarray(i * rank, (i + 1) * rank));
  return { ...estimated(coordinates, rank), basis };
}

function longestRow({ rows, cols, data }: Matrix): number {
  let longest = 0;
  for (let i = 0; i < rows; i++)
    longest = Math.max(longest, norm(Float64Array.from(data.subarray(i * cols, (i + 1) * cols))));
  return longest;
}

/** Xᵀ X / n of rows [first, first + count), already centred, [width, width]. */
function covariance(rows: Float64Array, first: number, count: number, width: number): Float64Array {
  const sums = new Float64Array(width * width);
  for (let i = first; i < first + count; i++)
    for (let a = 0; a < width; a++) {
      const factor = rows[i * width + a]!;
      if (factor === 0) continue;
      for (let b = 0, s = a * width, r = i * width; b <= a; b++, s++, r++) sums[s]! += factor * rows[r]!;
    }
  for (let a = 0; a < width; a++)
    for (let b = 0; b <= a; b++) {
      sums[a * width + b]! /= count;
      sums[b * width + a] = sums[a * width + b]!;
    }
  return sums;
}

/** The covariance of rows [first, first + count) of coordinates, shrunk by the estimator, and its value off the span. */
function estimate(
  estimator: CovarianceEstimator,
  coordinates: Float64Array,
  first: number,
  count: number,
  width: number,
  dim: number,
): { readonly covariance: Float64Array; readonly floor: number } {
  const plain = covariance(coordinates, first, count, width);
  if (estimator === 'empirical') return { covariance: plain, floor: 0 };
  let trace = 0;
  for (let i = 0; i < width; i++) trace += plain[i * width + i]!;
  const squares = plain.reduce((sum, value) => sum + value * value, 0);
  let fourth = 0;
  for (let i = first; i < first + count; i++)
    fourth += norm(coordinates.subarray(i * width, (i + 1) * width)) ** 4;
  const alpha = shrinkage(estimator, { rows: count, dim, trace, squares, fourth });
  const floor = (alpha * trace) / dim;
  const shrunk = plain.map((value) => (1 - alpha) * value);
  for (let i = 0; i < width; i++) shrunk[i * width + i]! += floor;
  return { covariance: shrunk, floor };
}
