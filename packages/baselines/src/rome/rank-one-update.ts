import { matrix, SakeError, type Matrix } from '@sakejs/spec';

/** ΔW = u v, of rank one. */
export interface RankOneUpdate {
  /** [d, 1] */
  readonly u: Matrix<Float32Array>;
  /** [1, d_ff] */
  readonly v: Matrix<Float32Array>;
}

/**
 * The rank-one change of W that gives a key a new value: ΔW = Λ aᵀ, Λ = r / (aᵀ k).
 *
 * With a = C⁻¹ k* it changes the values of the other keys of C least: it minimises Σ ‖ΔW kᵢ‖² under ΔW k = r.
 * Then (W + ΔW) k = W k + r up to the rounding of float32 factors.
 * Source: Meng et al. (arXiv 2202.05262), equation 2.
 *
 * @param direction a, [d_ff].
 * @param key k, [d_ff]: ROME's k*, or the key of the prompt itself.
 * @param residual r = v* − W k, [d].
 * @throws {SakeError} `shape-mismatch`; `numerical` when the direction does not see the key.
 */
export function rankOneUpdate({
  direction,
  key,
  residual,
}: {
  readonly direction: ArrayLike<number>;
  readonly key: ArrayLike<number>;
  readonly residual: ArrayLike<number>;
}): RankOneUpdate {
  if (direction.length !== key.length)
    throw new SakeError(
      'shape-mismatch',
      `rankOneUpdate: expected a direction of ${key.length} numbers, as the key, got ${direction.length}`,
    );
  // Both factors get the direction's length out of the way, so that neither overflows in float32.
  const length = Math.sqrt(dot(direction, direction));
  const seen = dot(direction, key) / length;
  const least = 1e-10 * Math.sqrt(dot(key, key));
  if (!Number.isFinite(seen) || Math.abs(seen) <= least)
    throw new SakeError(
      'numerical',
      `rankOneUpdate: expected a direction along the key, got a product of ${seen}`,
    );
  const v = Float32Array.from(direction, (a) => a / length);
  // What float32 made of v counts, so that the product is exact for what is stored.
  const stored = dot(v, key);
  const u = Float32Array.from(residual, (r) => r / stored);
  return { u: matrix(u.length, 1, u), v: matrix(1, v.length, v) };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}
