import type { Matrix } from './matrix.js';

/** A sentence encoder, for scopes that compare meanings instead of activations. */
export interface PromptEmbedder {
  /** Names the encoder and its weights; stored with the edits that used it. */
  readonly kind: string;
  /** One embedding a text, [texts, e]. */
  embed(texts: readonly string[]): Promise<Matrix>;
}
