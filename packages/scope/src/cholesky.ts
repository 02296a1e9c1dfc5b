/** Replaces the lower triangle of a positive definite matrix [n, n] by its Cholesky factor L. O(n³/3). */
export function choleskyFactor(matrix: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0, a = i * n, b = j * n; k < j; k++, a++, b++) sum -= matrix[a]! * matrix[b]!;
      matrix[i * n + j] = i === j ? Math.sqrt(sum) : sum / matrix[j * n + j]!;
    }
  }
}

/** Solves L Lᵀ x = right for a factor of {@link choleskyFactor}. */
export function choleskySolve(factor: Float64Array, n: number, right: Float64Array): Float64Array {
  const solution = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    let sum = solution[i]!;
    for (let k = 0; k < i; k++) sum -= factor[i * n + k]! * solution[k]!;
    solution[i] = sum / factor[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = solution[i]!;
    for (let k = i + 1; k < n; k++) sum -= factor[k * n + i]! * solution[k]!;
    solution[i] = sum / factor[i * n + i]!;
  }
  return solution;
}
