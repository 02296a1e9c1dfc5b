/** Moments of Adam for one vector. */
export interface Adam {
  /** Moves a vector against its gradient, in place. */
  step(values: Float64Array, gradient: ArrayLike<number>): void;
}

/**
 * Adam (Kingma and Ba, arXiv 1412.6980) with β₁ = 0.9, β₂ = 0.999, ε = 1e-8 and bias correction.
 *
 * x ← x − η m̂ / (√v̂ + ε)
 */
export function createAdam(size: number, learningRate: number): Adam {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  const [first, second] = [new Float64Array(size), new Float64Array(size)];
  let count = 0;
  return {
    step(values, gradient) {
      count++;
      const [bias1, bias2] = [1 - beta1 ** count, 1 - beta2 ** count];
      for (let i = 0; i < size; i++) {
        const g = gradient[i]!;
        first[i] = beta1 * first[i]! + (1 - beta1) * g;
        second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
        values[i]! -= (learningRate * (first[i]! / bias1)) / (Math.sqrt(second[i]! / bias2) + epsilon);
      }
    },
  };
}
