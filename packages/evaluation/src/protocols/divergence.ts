/** How far next-token logits have moved. */
export interface Divergence {
  /** Kullback-Leibler divergence of the changed from the plain distribution, in nats; computed in float64. */
  readonly kl: number;
  /** Whether the greedy token is the plain one; ties go to the lowest id. */
  readonly sameTop: boolean;
}

/** KL(plain ‖ changed) = Σ p log(p / q) over the vocabulary, of two rows of logits of one length. */
export function divergence(plain: Float32Array, changed: Float32Array): Divergence {
  const p = logNormaliser(plain);
  const q = logNormaliser(changed);
  let kl = 0;
  for (let token = 0; token < plain.length; token++) {
    const logP = plain[token]! - p.log;
    kl += Math.exp(logP) * (logP - (changed[token]! - q.log));
  }
  return { kl: Math.max(0, kl), sameTop: p.top === q.top };
}

function logNormaliser(logits: Float32Array): { log: number; top: number } {
  let top = 0;
  for (let token = 1; token < logits.length; token++) if (logits[token]! > logits[top]!) top = token;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - logits[top]!);
  return { log: logits[top]! + Math.log(sum), top };
}
