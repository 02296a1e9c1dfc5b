import { SakeError, type Loader, type Matrix, type Scope, type ScopeDetector } from '@sakejs/spec';
import { shrunkCovariance } from './shrunk-covariance.js';
import {
  vectorDetector,
  vectorScopeLoader,
  type VectorDistance,
  type VectorScopeOptions,
} from './vector-detector.js';
import { rowMean } from './vector-rows.js';

const KIND = 'mahalanobis';

export interface MahalanobisOptions extends VectorScopeOptions {
  /** Share of the mean variance mixed in, in (0, 1], or Ledoit and Wolf's estimate of it (the default). */
  readonly shrinkage?: number | 'ledoit-wolf';
}

/**
 * Mahalanobis distance to the mean of an edit's prompts under a shrunk covariance.
 *
 * ```
 * sqrt((q − μ)ᵀ Σ⁻¹ (q − μ)),   Σ = (1 − α) S + α τ I,   S of 1/n form, τ = tr(S) / d
 * ```
 *
 * Stored in the axes of S, [k, d] with k <= n − 1; along them Σ is diagonal and off them α τ.
 *
 * @throws {SakeError} from `fit`, besides what every detector throws, `not-enough-data` when all rows are
 * equal, or when Ledoit and Wolf's α is 0 although the rows do not span the space (as for two rows).
 */
export function mahalanobis(options: MahalanobisOptions = {}): ScopeDetector {
  const { shrinkage = 'ledoit-wolf', ...rest } = options;
  if (shrinkage !== 'ledoit-wolf' && !(shrinkage > 0 && shrinkage <= 1))
    throw new SakeError(
      'invalid-option',
      `${KIND}: expected a shrinkage in (0, 1] or 'ledoit-wolf', got ${String(shrinkage)}`,
    );
  return vectorDetector({ kind: KIND, fit: (rows) => fitDistance(rows, shrinkage) }, rest);
}

function fitDistance(rows: Matrix, wanted: number | 'ledoit-wolf'): VectorDistance {
  const dim = rows.cols;
  const centre = rowMean(rows);
  const centred = Float64Array.from(rows.data, (value, at) => value - centre[at % dim]!);
  const { axes, variances, shrinkage, meanVariance } = shrunkCovariance(centred, rows.rows, dim, wanted);
  const floor = shrinkage * meanVariance;
  if (variances.length === 0 || (floor === 0 && variances.length < dim))
    throw new SakeError(
      'not-enough-data',
      `${KIND}: expected rows that vary enough for a covariance, got ${rows.rows} rows of rank ${variances.length} and shrinkage ${shrinkage}; give more prompts or a shrinkage`,
    );
  const shrunk = variances.map((variance) => (1 - shrinkage) * variance + floor);
  return { ...fromAxes(centre, axes, shrunk, floor), settings: { shrinkage } };
}

function fromAxes(
  centre: Float64Array,
  axes: Float64Array,
  variances: Float64Array,
  floor: number,
): VectorDistance {
  const dim = centre.length;
  const rank = variances.length;
  const rest = new Float64Array(dim);
  return {
    width: dim,
    distance: (vector) => {
      for (let i = 0; i < dim; i++) rest[i] = vector[i]! - centre[i]!;
      let total = 0;
      for (let axis = 0; axis < rank; axis++) {
        let along = 0;
        for (let i = 0, at = axis * dim; i < dim; i++, at++) along += axes[at]! * rest[i]!;
        for (let i = 0, at = axis * dim; i < dim; i++, at++) rest[i]! -= along * axes[at]!;
        total += (along * along) / variances[axis]!;
      }
      if (rank === dim) return Math.sqrt(total);
      let off = 0;
      for (const value of rest) off += value * value;
      return Math.sqrt(total + off / floor);
    },
    tensors: {
      centre: { shape: [dim], data: centre },
      axes: { shape: [rank, dim], data: axes },
      variances: { shape: [rank], data: variances },
    },
    meta: { floor },
  };
}

/** Loads scopes of {@link mahalanobis}. */
export const mahalanobisLoader: Loader<Scope> = vectorScopeLoader(KIND, (reader) => {
  const { data: centre } = reader.float64('centre', [null]);
  const { data: variances } = reader.float64('variances', [null]);
  const { data: axes } = reader.float64('axes', [variances.length, centre.length]);
  const floor = reader.number('floor');
  if (
    !(floor >= 0) ||
    variances.some((variance) => !(variance > 0)) ||
    (floor === 0 && variances.length < centre.length)
  )
    throw new SakeError(
      'invalid-file',
      `load '${KIND}': expected positive variances, got a floor of ${floor}`,
    );
  return fromAxes(centre, axes, variances, floor);
});
