import { type CausalLM, type Matrix, type PromptEmbedder, row, SakeError, type Vector } from '@sakejs/spec';

/**
 * Indices of the texts, the most similar to the query first: cosine of sentence embeddings, or of the model's own
 * last-token activations without an embedder. Ties keep their order.
 *
 * @throws {SakeError} `shape-mismatch` for an embedder that does not give one embedding a text.
 */
export async function rankBySimilarity(
  lm: CausalLM,
  query: string,
  texts: readonly string[],
  {
    embedder,
    signal,
    where,
  }: {
    readonly embedder: PromptEmbedder | undefined;
    readonly signal: AbortSignal | undefined;
    readonly where: string;
  },
): Promise<number[]> {
  const all = [query, ...texts];
  const vectors: Matrix =
    embedder === undefined
      ? await lm.capture(all, signal === undefined ? {} : { signal })
      : await embedder.embed(all);
  if (vectors.rows !== all.length)
    throw new SakeError(
      'shape-mismatch',
      `${where}: expected ${all.length} embeddings from ${embedder?.kind ?? lm.info.id}, got ${vectors.rows}`,
    );
  const similarities = texts.map((_, index) => cosine(row(vectors, 0), row(vectors, index + 1)));
  return [...texts.keys()].sort((a, b) => similarities[b]! - similarities[a]!);
}

/** 0 where a vector has no direction. */
function cosine(a: Vector, b: Vector): number {
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    squareA += a[i]! ** 2;
    squareB += b[i]! ** 2;
  }
  return squareA * squareB > 0 ? product / Math.sqrt(squareA * squareB) : 0;
}
