import type { Matrix } from '@sakejs/spec';

/** Mean Euclidean distance over all pairs of a row of `a` and a row of `b`. */
function meanPairDistance(a: Matrix, b: Matrix): number {
  let total = 0;
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < b.rows; j++) {
      let sum = 0;
      for (let at = 0, p = i * a.cols, q = j * b.cols; at < a.cols; at++, p++, q++)
        sum += (a.data[p]! - b.data[q]!) ** 2;
      total += Math.sqrt(sum);
    }
  return total / (a.rows * b.rows);
}

/**
 * Energy distance between two samples, [n, d] and [m, d]; 0 iff they are the same distribution.
 *
 * ```
 * E(X, Y) = 2 mean‖x − y‖ − mean‖x − x'‖ − mean‖y − y'‖
 * ```
 *
 * Means over all pairs, a row with itself included (so E >= 0), in units of the activations. O(d (n + m)²).
 * Source: Székely and Rizzo, "Energy statistics", 2013.
 */
export function energyDistance(x: Matrix, y: Matrix): number {
  return 2 * meanPairDistance(x, y) - meanPairDistance(x, x) - meanPairDistance(y, y);
}
