/** How a covariance is estimated from n rows. */
export type CovarianceEstimator = 'empirical' | 'ledoit-wolf' | 'oas';

/** Every {@link CovarianceEstimator}. */
export const covarianceEstimators: readonly CovarianceEstimator[] = ['empirical', 'ledoit-wolf', 'oas'];

/** What shrinking needs to know of rows: none of it depends on the basis. */
export interface RowMoments {
  /** n. */
  readonly rows: number;
  /** d. */
  readonly dim: number;
  /** tr S, S = XᵀX / n of the centred rows X. */
  readonly trace: number;
  /** tr S², the squared Frobenius norm. */
  readonly squares: number;
  /** Σᵢ ‖xᵢ‖⁴ over the centred rows. */
  readonly fourth: number;
}

/**
 * How far S is moved towards (tr S / d) I: the α of (1 − α) S + α (tr S / d) I, in 0..1.
 *
 * - `ledoit-wolf`: α = min(b², d²) / d², d² = ‖S − μI‖²/d, b² = (Σᵢ‖xᵢ‖⁴/n − ‖S‖²) / (n d), μ = tr S / d. Source: Ledoit and
 *   Wolf (2004), "A well-conditioned estimator for large-dimensional covariance matrices".
 * - `oas`: α = min(1, ((1 − 2/d) tr S² + tr² S) / ((n + 1 − 2/d)(tr S² − tr² S / d))). Source: Chen, Wiesel, Eldar and Hero
 *   (2010), "Shrinkage algorithms for MMSE covariance estimation", equation 23.
 *
 * 0 for `empirical`. 1 where S is a multiple of I already (both are then the same), as for a single row.
 */
export function shrinkage(estimator: CovarianceEstimator, moments: RowMoments): number {
  const { rows: n, dim: d, trace, squares, fourth } = moments;
  if (estimator === 'empirical') return 0;
  const apart = squares - (trace * trace) / d; // ‖S − μI‖²
  if (!(apart > 0)) return 1;
  if (estimator === 'oas') {
    const share = ((1 - 2 / d) * squares + trace * trace) / ((n + 1 - 2 / d) * apart);
    return Math.min(1, Math.max(0, share));
  }
  const noise = (fourth / n - squares) / n;
  return Math.min(1, Math.max(0, noise / apart));
}
