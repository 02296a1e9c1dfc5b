import { SakeError } from '@sakejs/spec';

/** A byte-level BPE tokenizer: what training gives and `tokenizer.json` stores. */
export interface TokenizerModel {
  /** Token of each id, in the byte alphabet; special tokens as they stand in text. */
  readonly vocab: readonly string[];
  /** Merges of two tokens, the first to be applied first. */
  readonly merges: readonly (readonly [left: string, right: string])[];
  /** Matched in text before anything else, each one token; the first ends a document. */
  readonly specialTokens: readonly string[];
}

/**
 * Ids of a model's tokens.
 *
 * @throws {SakeError} `invalid-input` when a token stands there twice.
 */
export function tokenIds(model: TokenizerModel): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  model.vocab.forEach((token, id) => {
    if (ids.has(token))
      throw new SakeError(
        'invalid-input',
        `tokenIds: expected every token once, got ${JSON.stringify(token)} as ${ids.get(token)} and ${id}`,
      );
    ids.set(token, id);
  });
  return ids;
}
