/**
 * A fresh GPT-2 pre-tokenisation pattern: contractions, then words, numbers and punctuation runs with at most one
 * space in front, then white space. Every character of a text belongs to exactly one match.
 *
 * `\s`, `\p{L}` and `\p{N}` are JavaScript's, as in transformers.js. Source: Radford et al. 2019 (GPT-2).
 */
export function pieceMatcher(): RegExp {
  return /'(?:[stmd]|re|ve|ll)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
}

/** The pieces that byte-pair merges never cross, in order; joined, they are the text. */
export function preTokenize(text: string): string[] {
  return text.match(pieceMatcher()) ?? [];
}
