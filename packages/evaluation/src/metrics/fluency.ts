import { leftOut, type Metric } from './metric.js';

/**
 * Weighted entropy of the bigrams and trigrams of free continuations, in bits.
 *
 * (2/3) H₂ + (4/3) H₃, as Meng et al. (2022) weigh them: text that repeats itself scores low.
 */
export const fluency: Metric = {
  name: 'fluency',
  higherIsBetter: true,
  unit: 'bits',
  asks: 'continuation',
  reach: 'edit',
  judge: ({ text = '' }) => {
    const words = text.trim().split(/\s+/u);
    return words.length < 3
      ? leftOut('fewer than three words')
      : { kept: true, value: (2 / 3) * entropy(words, 2) + (4 / 3) * entropy(words, 3) };
  },
};

/** Entropy of a text's n-grams in bits: log2 of their number where none repeats. */
function entropy(words: readonly string[], n: number): number {
  const counted = new Map<string, number>();
  const grams = words.length - n + 1;
  for (let at = 0; at < grams; at++) {
    const gram = words.slice(at, at + n).join(' ');
    counted.set(gram, (counted.get(gram) ?? 0) + 1);
  }
  let bits = 0;
  for (const count of counted.values()) bits -= (count / grams) * Math.log2(count / grams);
  return bits;
}
