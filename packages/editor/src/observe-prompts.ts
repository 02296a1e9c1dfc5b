import { type CausalLM, type Observation, type Prompt, row, type ScopedEdit } from '@sakejs/spec';
import { embedTexts } from './scope-queries.js';
import type { Steering } from './steered-options.js';
import { layersOf, wantsEmbedding } from './text-steering.js';

/** Prompts as the live edits' scopes see them, in one pass, sentence embedding included where one wants it. */
export async function observePrompts(
  lm: CausalLM,
  live: readonly ScopedEdit[],
  prompts: readonly Prompt[],
  { embedder, where, signal }: Pick<Steering, 'embedder' | 'where'> & { signal: AbortSignal | undefined },
): Promise<Observation[]> {
  const observations = await lm.observe(prompts, {
    layers: layersOf(live),
    ...(signal === undefined ? {} : { signal }),
  });
  const embeddings = await embedTexts(
    prompts.map((prompt) => (typeof prompt === 'string' ? prompt : lm.decode(prompt))),
    { layers: [], embedding: wantsEmbedding(live) },
    embedder,
    where,
  );
  return embeddings === undefined
    ? observations
    : observations.map((observation, index) => ({ ...observation, embedding: row(embeddings, index) }));
}
