import { createRandom, type CausalLM, type EmbeddingNoise, row, stateTracing } from '@sakejs/spec';
import type { TracedFact } from './known-facts.js';

/**
 * Standard deviation of the embeddings of subjects' tokens, over all tokens and coordinates, around their common mean.
 *
 * @throws {SakeError} as `StateTracing.embeddings`.
 */
export async function embeddingDeviation(
  lm: CausalLM,
  facts: readonly TracedFact[],
  signal?: AbortSignal,
): Promise<number> {
  const tracing = stateTracing(lm, 'traceFacts');
  let [count, sum, squares] = [0, 0, 0];
  for (const { prompt, span } of facts) {
    const embeddings = await tracing.embeddings([prompt], signal === undefined ? {} : { signal });
    for (let position = span.first; position <= span.last; position++)
      for (const value of row(embeddings, position)) {
        count += 1;
        sum += value;
        squares += value * value;
      }
  }
  const mean = sum / count;
  return Math.sqrt(Math.max(0, squares / count - mean * mean));
}

/** Gaussian noise on a subject's tokens, one list a draw; the same for the same seed, prompt and draw. */
export function noiseDraws(
  { prompt, span }: Pick<TracedFact, 'prompt' | 'span'>,
  options: {
    readonly samples: number;
    readonly deviation: number;
    readonly seed: number;
    readonly width: number;
  },
): EmbeddingNoise[][] {
  const { samples, deviation, seed, width } = options;
  const source = createRandom(seed).fork('trace-noise').fork(prompt);
  return Array.from({ length: samples }, (_, draw) => {
    const random = source.fork(draw);
    return Array.from({ length: span.last - span.first + 1 }, (__, i) => ({
      position: span.first + i,
      values: Float32Array.from({ length: width }, () => deviation * random.normal()),
    }));
  });
}
