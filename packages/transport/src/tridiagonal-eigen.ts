import { SakeError } from '@sakejs/spec';
import { recordRotations, type RotationRecorder, type Rotations } from './rotations.js';

/** Sweeps over one eigenvalue after which something is wrong with the input; two are usual. */
const MAX_SWEEPS = 60;

export interface TridiagonalEigen {
  /** In no particular order, [k]. */
  readonly values: Float64Array;
  /** Their product G makes T = G Λ Gᵀ. */
  readonly rotations: Rotations;
}

/**
 * Eigenvalues of a symmetric tridiagonal matrix by implicit QL, and the rotations that make them.
 *
 * O(k²). Reads `diagonal` [k] and `offDiagonal` [k], whose entry i stands between i and i + 1; leaves both as they are.
 * Source: Golub and Van Loan, "Matrix Computations", 4th edition, section 8.3.
 *
 * @throws {SakeError} `numerical` when an eigenvalue does not settle, which finite input does not cause.
 */
export function tridiagonalEigen(
  caller: string,
  diagonal: Float64Array,
  offDiagonal: Float64Array,
): TridiagonalEigen {
  const size = diagonal.length;
  const d = diagonal.slice();
  const e = offDiagonal.slice();
  const recorder = recordRotations(size * size);
  for (let low = 0; low < size; low++)
    for (let sweep = 0; ; sweep++) {
      let high = low;
      while (high < size - 1 && !isNegligible(e[high]!, d[high]!, d[high + 1]!)) high++;
      if (high === low) break;
      if (sweep === MAX_SWEEPS)
        throw new SakeError(
          'numerical',
          `${caller}: expected an eigenvalue to settle in ${MAX_SWEEPS} sweeps, got none; check the input for extreme values`,
        );
      sweepUp(d, e, low, high, recorder);
    }
  return { values: d, rotations: recorder.end() };
}

const isNegligible = (beside: number, above: number, below: number): boolean =>
  Math.abs(beside) <= (Number.EPSILON / 2) * (Math.abs(above) + Math.abs(below));

/** One implicit QL sweep over the block from `low` to `high`, shifted by the eigenvalue of its first 2 × 2 nearer to d[low]. */
function sweepUp(
  d: Float64Array,
  e: Float64Array,
  low: number,
  high: number,
  recorder: RotationRecorder,
): void {
  const half = (d[low + 1]! - d[low]!) / (2 * e[low]!);
  const length = Math.hypot(1, half);
  let g = d[high]! - d[low]! + e[low]! / (half + (half >= 0 ? length : -length));
  let sine = 1;
  let cosine = 1;
  let carried = 0;
  recorder.begin(high);
  for (let i = high - 1; i >= low; i--) {
    const f = sine * e[i]!;
    const b = cosine * e[i]!;
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      // The block falls apart here; both parts are swept anew.
      d[i + 1]! -= carried;
      e[high] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1]! - carried;
    const turned = (d[i]! - g) * sine + 2 * cosine * b;
    carried = sine * turned;
    d[i + 1] = g + carried;
    g = cosine * turned - b;
    recorder.add(cosine, sine);
  }
  d[low]! -= carried;
  e[low] = g;
  e[high] = 0;
}
