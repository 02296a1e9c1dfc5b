import type { CausalLM, Matrix, PromptEmbedder } from '@sakejs/spec';

/** What places texts in a space: a sentence encoder, or the model's own last-token activations. */
export type EmbeddingSpace = { readonly embedder: PromptEmbedder } | { readonly lm: CausalLM };

/** One embedding a text, [texts, e]. */
export async function embedPrompts(
  texts: readonly string[],
  space: EmbeddingSpace,
  signal?: AbortSignal,
): Promise<Matrix> {
  if ('embedder' in space) return space.embedder.embed(texts);
  return space.lm.capture(texts, signal === undefined ? {} : { signal });
}
