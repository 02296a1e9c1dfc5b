import { EigenvalueDecomposition, Matrix as Dense } from 'ml-matrix';

/** A covariance (1 − α) S + α τ I in the axes of S, τ the mean variance. */
export interface ShrunkCovariance {
  /** Principal axes of S as rows, [k, d], k the rank of the rows. */
  readonly axes: Float64Array;
  /** Variance of S along each axis, [k]. */
  readonly variances: Float64Array;
  /** α in [0, 1]. */
  readonly shrinkage: number;
  /** τ = tr(S) / d. */
  readonly meanVariance: number;
}

/** Variances below this share of the largest are rounding of the decomposition. */
const RELATIVE_TOLERANCE = 1e-10;

/**
 * Covariance (1/n) of centred rows [n, d], shrunk towards τ I by a given α or by Ledoit and Wolf's.
 *
 * ```
 * α = min(1, b² / (‖S‖² − d τ²)),   b² = (Σᵢ ‖xᵢ‖⁴ / n − ‖S‖²) / n
 * ```
 *
 * One symmetric eigendecomposition of size min(n, d); no d×d matrix when n < d.
 * Source: Ledoit and Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", 2004.
 */
export function shrunkCovariance(
  centred: Float64Array,
  rows: number,
  dim: number,
  shrinkage: number | 'ledoit-wolf',
): ShrunkCovariance {
  const { axes, variances } = principalAxes(centred, rows, dim);
  const trace = variances.reduce((sum, variance) => sum + variance, 0);
  const meanVariance = trace / dim;
  if (shrinkage !== 'ledoit-wolf') return { axes, variances, shrinkage, meanVariance };
  const squaredNorm = variances.reduce((sum, variance) => sum + variance * variance, 0); // ‖S‖²
  let fourth = 0;
  for (let i = 0; i < rows; i++) {
    let square = 0;
    for (let j = i * dim; j < (i + 1) * dim; j++) square += centred[j]! * centred[j]!;
    fourth += square * square;
  }
  const spread = squaredNorm - dim * meanVariance * meanVariance;
  const error = (fourth / rows - squaredNorm) / rows;
  // S that is τ I already (always so for d = 1) needs no shrinking.
  return { axes, variances, shrinkage: spread > 0 ? Math.min(1, error / spread) : 0, meanVariance };
}

function principalAxes(
  centred: Float64Array,
  rows: number,
  dim: number,
): { axes: Float64Array; variances: Float64Array } {
  const byRows = rows < dim;
  const size = byRows ? rows : dim;
  const gram = new Dense(size, size);
  const at = (i: number, k: number): number => (byRows ? centred[i * dim + k]! : centred[k * dim + i]!);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < (byRows ? dim : rows); k++) sum += at(i, k) * at(j, k);
      gram.set(i, j, sum / rows);
      gram.set(j, i, sum / rows);
    }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const largest = Math.max(...realEigenvalues);
  const kept = realEigenvalues.flatMap((value, index) =>
    value > RELATIVE_TOLERANCE * largest ? [{ value, index }] : [],
  );
  const axes = new Float64Array(kept.length * dim);
  kept.forEach(({ value, index }, axis) => {
    const out = axes.subarray(axis * dim, (axis + 1) * dim);
    if (!byRows) for (let j = 0; j < dim; j++) out[j] = eigenvectorMatrix.get(j, index);
    else {
      // Eigenvectors u of X Xᵀ / n give axes Xᵀ u / sqrt(n λ).
      for (let i = 0; i < rows; i++) {
        const factor = eigenvectorMatrix.get(i, index) / Math.sqrt(rows * value);
        for (let j = 0; j < dim; j++) out[j]! += factor * centred[i * dim + j]!;
      }
    }
  });
  return { axes, variances: Float64Array.from(kept, ({ value }) => value) };
}
