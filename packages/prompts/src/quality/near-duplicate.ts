import { checkShare } from '../check-options.js';
import { findRuns, foldedWords } from './folded-words.js';
import { askingKinds, type Candidate, type QualityGate } from './quality-gate.js';

/** What two texts are compared by: runs of three characters, or words. */
export type SimilarityMeasure = 'trigrams' | 'words';

export interface NearDuplicateOptions {
  /** Least similarity to a kept text at which a candidate is dropped, in 0..1. Default 0.85. */
  readonly threshold?: number;
  /** Default `trigrams`: word order counts. `words`: it does not. */
  readonly measure?: SimilarityMeasure;
}

/**
 * Drops paraphrases and implications that are nearly a text kept before. Doubts and negatives may be near-copies.
 *
 * Similarity is the Jaccard index |A ∩ B| / |A ∪ B| over the sets of character trigrams (or of words) of both texts,
 * folded, their subjects masked: a long subject makes no two texts alike. O(kept) a candidate.
 */
export function nearDuplicate({
  threshold = 0.85,
  measure = 'trigrams',
}: NearDuplicateOptions = {}): QualityGate {
  checkShare('nearDuplicate', 'threshold', threshold);
  const features = new WeakMap<Candidate, ReadonlySet<string>>();
  const featuresOf = (candidate: Candidate, subjects: readonly string[]): ReadonlySet<string> => {
    let own = features.get(candidate);
    if (own === undefined) features.set(candidate, (own = textFeatures(candidate.text, subjects, measure)));
    return own;
  };
  return {
    name: 'near-duplicate',
    kinds: askingKinds,
    check: (candidate, { kept, subjects }) => {
      const own = featuresOf(candidate, subjects);
      return !kept.some((other) => jaccard(own, featuresOf(other, subjects)) >= threshold);
    },
  };
}

/** Trigrams or words of a folded text, each subject as `{}`. */
export function textFeatures(
  text: string,
  subjects: readonly string[],
  measure: SimilarityMeasure,
): ReadonlySet<string> {
  const words = subjects.reduce(maskRuns, foldedWords(text));
  if (measure === 'words') return new Set(words);
  const padded = ` ${words.join(' ')} `;
  const trigrams = new Set<string>();
  for (let at = 0; at + 3 <= padded.length; at++) trigrams.add(padded.slice(at, at + 3));
  return trigrams;
}

function maskRuns(words: readonly string[], subject: string): readonly string[] {
  const part = foldedWords(subject);
  const masked = [...words];
  for (const { from, to } of findRuns(words, part).reverse()) masked.splice(from, to - from, '{}');
  return masked;
}

/** |A ∩ B| / |A ∪ B|; 1 for two empty sets. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const item of small) if (large.has(item)) shared++;
  const all = a.size + b.size - shared;
  return all === 0 ? 1 : shared / all;
}
