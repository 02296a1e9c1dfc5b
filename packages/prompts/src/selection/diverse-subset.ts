import { SakeError, throwIfAborted, type PromptDistribution } from '@sakejs/spec';
import { embedPrompts, type EmbeddingSpace } from './embed-prompts.js';
import { farthestPoints, type SelectionDistance } from './farthest-points.js';
import { takePrompts } from './take-prompts.js';

export interface DiverseSubsetOptions {
  /** Prompts to keep, the request's own among them. */
  readonly count: number;
  /** Default `cosine`. */
  readonly distance?: SelectionDistance;
  readonly signal?: AbortSignal;
}

/**
 * The prompts of a distribution that are farthest apart in embedding space, the request's own first.
 *
 * Max-min selection ({@link farthestPoints}); those left out are counted as `not-diverse`. Nothing is random, and the
 * prompts come in the order of choice: the first k are the choice of k.
 *
 * @param space a sentence encoder, or a model, whose last-token activations are compared.
 * @throws {SakeError} `not-enough-data` when there are fewer prompts; `aborted`; what the embedder throws.
 */
export async function diverseSubset(
  distribution: PromptDistribution,
  space: EmbeddingSpace,
  { count, distance = 'cosine', signal }: DiverseSubsetOptions,
): Promise<PromptDistribution> {
  const { prompts, dropped } = distribution;
  if (count > prompts.length)
    throw new SakeError(
      'not-enough-data',
      `diverseSubset: expected at least ${count} prompts to choose from, got ${prompts.length}; ask for fewer`,
    );
  throwIfAborted(signal, 'diverseSubset');
  const embeddings = await embedPrompts(prompts, space, signal);
  const chosen = farthestPoints(embeddings, { count, first: [0], distance });
  const left = prompts.length - chosen.length;
  const by = 'embedder' in space ? space.embedder.kind : 'last-token activation';
  return {
    ...takePrompts(distribution, chosen, {
      selection: 'diverse',
      selectedFrom: prompts.length,
      selectedBy: by,
    }),
    dropped: left === 0 ? dropped : { ...dropped, 'not-diverse': (dropped['not-diverse'] ?? 0) + left },
  };
}
