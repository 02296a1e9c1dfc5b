/** The optimiser's moments beside a flat parameter vector. */
export interface AdamWState {
  /** First moments, [parameters]. */
  readonly m: Float32Array;
  /** Second moments, [parameters]. */
  readonly v: Float32Array;
}

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decoupled decay, applied where `decay[i]` is 1. */
  readonly weightDecay: number;
}

/**
 * One AdamW step in place (Loshchilov & Hutter 2019), about 3 ns a parameter.
 *
 * p <- p − lr (m̂ / (√v̂ + ε) + λ p), with bias-corrected moments; `scale` multiplies every gradient first
 * (gradient clipping). `step` counts from 1.
 */
export function adamwStep(
  parameters: Float32Array,
  gradients: Float32Array,
  state: AdamWState,
  decayed: readonly (readonly [from: number, to: number])[],
  step: number,
  learningRate: number,
  scale: number,
  options: AdamWOptions,
): void {
  const { beta1, beta2, epsilon, weightDecay } = options;
  const { m, v } = state;
  const rate = learningRate / (1 - beta1 ** step);
  const correction = 1 / (1 - beta2 ** step);
  const shrink = 1 - learningRate * weightDecay;
  for (const [from, to] of decayed) for (let i = from; i < to; i++) parameters[i]! *= shrink;
  for (let i = 0; i < parameters.length; i++) {
    const g = gradients[i]! * scale;
    const mi = beta1 * m[i]! + (1 - beta1) * g;
    const vi = beta2 * v[i]! + (1 - beta2) * g * g;
    m[i] = mi;
    v[i] = vi;
    parameters[i]! -= (rate * mi) / (Math.sqrt(vi * correction) + epsilon);
  }
}

/** Euclidean norm of a gradient vector, accumulated in float64. */
export function gradientNorm(gradients: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < gradients.length; i++) sum += gradients[i]! * gradients[i]!;
  return Math.sqrt(sum);
}
