/** Σ a[i] b[i] over `length` values from the given offsets; four sums, so that additions do not wait. */
export function dot(a: Float64Array, fromA: number, b: Float64Array, fromB: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    s0 += a[fromA + i]! * b[fromB + i]!;
    s1 += a[fromA + i + 1]! * b[fromB + i + 1]!;
    s2 += a[fromA + i + 2]! * b[fromB + i + 2]!;
    s3 += a[fromA + i + 3]! * b[fromB + i + 3]!;
  }
  for (; i < length; i++) s0 += a[fromA + i]! * b[fromB + i]!;
  return s0 + s1 + (s2 + s3);
}

/** Product of square row-major matrices, [k, k]; skips what is zero on the left. */
export function multiply(left: Float64Array, right: Float64Array, size: number): Float64Array {
  return rowsTimes(left, right, size, size);
}

/** Product of `count` rows [count, k] with a square matrix [k, k], row-major; skips what is zero on the left. */
export function rowsTimes(
  left: Float64Array,
  right: Float64Array,
  count: number,
  size: number,
): Float64Array {
  const product = new Float64Array(count * size);
  for (let i = 0; i < count; i++) {
    const to = i * size;
    let k = 0;
    for (; k + 4 <= size; k += 4) {
      const f0 = left[to + k]!;
      const f1 = left[to + k + 1]!;
      const f2 = left[to + k + 2]!;
      const f3 = left[to + k + 3]!;
      if (f0 === 0 && f1 === 0 && f2 === 0 && f3 === 0) continue;
      const r0 = k * size;
      const r1 = r0 + size;
      const r2 = r1 + size;
      const r3 = r2 + size;
      for (let j = 0; j < size; j++)
        product[to + j]! +=
          f0 * right[r0 + j]! + f1 * right[r1 + j]! + f2 * right[r2 + j]! + f3 * right[r3 + j]!;
    }
    for (; k < size; k++) {
      const factor = left[to + k]!;
      for (let j = 0; j < size; j++) product[to + j]! += factor * right[k * size + j]!;
    }
  }
  return product;
}

/** Multiplies column j of `count` rows [count, k] by factors[j], in place. */
export function scaleColumns(rows: Float64Array, factors: Float64Array, count: number): void {
  const size = factors.length;
  for (let i = 0, at = 0; i < count; i++) for (let j = 0; j < size; j++, at++) rows[at]! *= factors[j]!;
}

/** Transposed copy of a square row-major matrix. */
export function transpose(matrix: Float64Array, size: number): Float64Array {
  const transposed = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) transposed[j * size + i] = matrix[i * size + j]!;
  return transposed;
}
