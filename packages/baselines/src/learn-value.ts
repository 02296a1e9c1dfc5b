import { objectTokens } from '@sakejs/editor';
import { type CausalLM, type LossSequence, matrix, modelGradients, throwIfAborted } from '@sakejs/spec';
import { createAdam } from './adam.js';

export interface LearnValueOptions {
  /** The block behind which the state stands. */
  readonly layer: number;
  /** The value to begin with, [d]. */
  readonly start: Float32Array;
  readonly steps: number;
  readonly learningRate: number;
  readonly signal?: AbortSignal | undefined;
  /** Names the caller in errors. */
  readonly where: string;
}

/** A value and how well it says what it was learned for. */
export interface LearnedValue {
  /** [d] */
  readonly value: Float32Array;
  /** Mean −ln p of the object's tokens with the value in place, in nats. */
  readonly nll: number;
}

/**
 * The state that makes a model say an object behind a prompt: it stands in the place of the residual stream at the
 * prompt's last token, and is learned by Adam on the mean negative log-likelihood of the object's tokens.
 *
 * Of all steps the value with the least loss is kept. Cost: a forward and a backward pass over the blocks above `layer` a step.
 * @throws {SakeError} `unsupported` for a model without gradients, `invalid-input` where prompt and object exceed its
 * positions, `aborted`.
 */
export async function learnValue(
  lm: CausalLM,
  prompt: string,
  object: string,
  { layer, start, steps, learningRate, signal, where }: LearnValueOptions,
): Promise<LearnedValue> {
  const asked = lm.encode(prompt);
  const said = objectTokens(lm, object);
  const last = asked.length - 1;
  const sequence: LossSequence = {
    // What the last token of the object would be followed by does not count.
    tokens: [...asked, ...said.slice(0, -1)],
    sites: [last],
    terms: said.map((token, at) => ({
      kind: 'target',
      position: last + at,
      token,
      weight: 1 / said.length,
    })),
  };
  const passing = signal === undefined ? {} : { signal };
  const loss = await modelGradients(lm, where).streamLoss([sequence], { layer, ...passing });
  const d = start.length;
  const state = loss.stream.data;
  const value = Float64Array.from(start);
  const adam = createAdam(d, learningRate);
  let best: LearnedValue = { value: start, nll: Infinity };
  for (let step = 1; step <= steps + 1; step++) {
    throwIfAborted(signal, where);
    const addition = Float32Array.from(value, (each, i) => each - state[i]!);
    const { loss: nll, gradient } = await loss.evaluate(matrix(1, d, addition), passing);
    if (nll < best.nll) best = { value: Float32Array.from(value), nll };
    if (step > steps) break;
    adam.step(value, gradient.data);
  }
  return best;
}
