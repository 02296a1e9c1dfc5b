/**
 * A symmetric matrix S = H T Hᵀ: T tridiagonal, H a product of reflections I − β v vᵀ.
 *
 * H is kept as its reflections, H = P_{k−1} P_{k−2} … P_2, so that it can be applied without being formed.
 */
export interface Tridiagonal {
  readonly size: number;
  readonly diagonal: Float64Array; // [k]
  /** Entry i stands between i and i + 1; the last is 0. */
  readonly offDiagonal: Float64Array; // [k]
  /** Row i holds v of P_i in its first i columns, row-major [k, k]; the other columns mean nothing. */
  readonly reflectors: Float64Array;
  /** 0 where P_i is the identity, [k]. */
  readonly betas: Float64Array;
}

/**
 * Householder tridiagonalisation of a symmetric matrix, row-major [k, k], from the last row up.
 *
 * Reads the lower triangle only and overwrites `matrix`. (4/3) k³ flops. Entries that differ much in size should grow
 * towards the last row.
 * Source: Golub and Van Loan, "Matrix Computations", 4th edition, algorithm 8.3.1.
 */
export function tridiagonalise(matrix: Float64Array, size: number): Tridiagonal {
  const diagonal = new Float64Array(size);
  const offDiagonal = new Float64Array(size);
  const betas = new Float64Array(size);
  const v = new Float64Array(size);
  const w = new Float64Array(size);
  for (let step = size - 1; step >= 1; step--) {
    const row = step * size;
    const last = step - 1;
    diagonal[step] = matrix[row + step]!;
    const head = matrix[row + last]!;
    let rest = 0;
    for (let j = 0; j < last; j++) rest += matrix[row + j]! * matrix[row + j]!;
    if (rest === 0) {
      offDiagonal[last] = head;
      continue; // nothing to reflect
    }
    const length = Math.sqrt(head * head + rest);
    const pivot = head > 0 ? head + length : head - length; // no cancellation
    offDiagonal[last] = head > 0 ? -length : length;
    for (let j = 0; j < last; j++) v[j] = matrix[row + j]! / pivot;
    v[last] = 1;
    matrix.set(v.subarray(0, step), row);
    const beta = (2 * pivot * pivot) / (rest + pivot * pivot);
    betas[step] = beta;
    symmetricTimes(matrix, size, step, v, w);
    let along = 0;
    for (let j = 0; j < step; j++) along += w[j]! * v[j]!;
    const half = (beta * along) / 2;
    for (let j = 0; j < step; j++) w[j] = beta * (w[j]! - half * v[j]!);
    for (let i = 0; i < step; i++) {
      const vi = v[i]!;
      const wi = w[i]!;
      for (let j = 0, at = i * size; j <= i; j++, at++) matrix[at]! -= vi * w[j]! + wi * v[j]!;
    }
  }
  if (size > 0) diagonal[0] = matrix[0]!;
  return { size, diagonal, offDiagonal, reflectors: matrix, betas };
}

/** out = A v over the first `count` rows and columns, from A's lower triangle; two rows a pass. */
function symmetricTimes(
  matrix: Float64Array,
  size: number,
  count: number,
  v: Float64Array,
  out: Float64Array,
): void {
  const odd = count % 2;
  if (odd === 1) out[0] = matrix[0]! * v[0]!;
  for (let i = odd; i < count; i += 2) {
    const a = i * size;
    const b = a + size;
    const va = v[i]!;
    const vb = v[i + 1]!;
    const between = matrix[b + i]!;
    let sumA = matrix[a + i]! * va + between * vb;
    let sumB = between * va + matrix[b + i + 1]! * vb;
    for (let j = 0; j < i; j++) {
      const x = matrix[a + j]!;
      const y = matrix[b + j]!;
      const vj = v[j]!;
      sumA += x * vj;
      sumB += y * vj;
      out[j]! += x * va + y * vb;
    }
    out[i] = sumA;
    out[i + 1] = sumB;
  }
}

/** Each of `count` rows times H, in place: x ← x H, rows [count, k]. */
export function timesReflections(h: Tridiagonal, rows: Float64Array, count: number): void {
  for (let step = h.size - 1; step > 1; step--) reflect(h, step, rows, count);
}

/** Each of `count` rows times Hᵀ, in place: x ← x Hᵀ, rows [count, k]. */
export function timesReflectionsTransposed(h: Tridiagonal, rows: Float64Array, count: number): void {
  for (let step = 2; step < h.size; step++) reflect(h, step, rows, count);
}

function reflect(
  { size, reflectors, betas }: Tridiagonal,
  step: number,
  rows: Float64Array,
  count: number,
): void {
  const beta = betas[step]!;
  if (beta === 0) return;
  const v = reflectors.subarray(step * size, step * size + step);
  for (let i = 0, x = 0; i < count; i++, x += size) {
    let along = 0;
    for (let j = 0; j < step; j++) along += rows[x + j]! * v[j]!;
    along *= beta;
    for (let j = 0; j < step; j++) rows[x + j]! -= along * v[j]!;
  }
}

/** H itself, row-major [k, k]; (4/3) k³ flops. */
export function formReflections({ size, reflectors, betas }: Tridiagonal): Float64Array {
  const h = new Float64Array(size * size);
  for (let i = 0; i < size; i++) h[i * size + i] = 1;
  const along = new Float64Array(size);
  for (let step = 2; step < size; step++) {
    const beta = betas[step]!;
    if (beta === 0) continue;
    const v = reflectors.subarray(step * size, step * size + step);
    along.fill(0, 0, step); // β vᵀ H
    for (let i = 0; i < step; i++) {
      const factor = beta * v[i]!;
      for (let j = 0, at = i * size; j < step; j++, at++) along[j]! += factor * h[at]!;
    }
    for (let i = 0; i < step; i++) {
      const factor = v[i]!;
      for (let j = 0, at = i * size; j < step; j++, at++) h[at]! -= factor * along[j]!;
    }
  }
  return h;
}
