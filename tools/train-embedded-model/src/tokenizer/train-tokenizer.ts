import { SakeError } from '@sakejs/spec';
import { BYTE_CHARACTERS, utf8Bytes } from './byte-alphabet.js';
import { createPairQueue, MAX_TOKENS, pairKey, pairOf, type PairKey } from './pair-queue.js';
import { pieceMatcher } from './pre-tokenize.js';
import type { TokenizerModel } from './tokenizer-model.js';

export interface TokenizerTraining {
  /** Most tokens: special tokens, the 256 bytes, then merges. */
  readonly vocabularySize: number;
  /** The first ends a document. Default `<|endoftext|>` alone. */
  readonly specialTokens?: readonly string[];
  /** A pair seen less often is not merged, so the vocabulary may stay smaller. Default 2. */
  readonly minFrequency?: number;
}

/** Byte tokens of each distinct piece, and how often the piece occurs. */
interface Words {
  readonly tokens: number[][];
  readonly counts: number[];
}

function countWords(texts: Iterable<string>, firstByte: number): Words {
  const pieces = new Map<string, number>();
  for (const text of texts)
    for (const [piece] of text.matchAll(pieceMatcher())) pieces.set(piece, (pieces.get(piece) ?? 0) + 1);
  return {
    tokens: [...pieces.keys()].map((piece) => Array.from(utf8Bytes(piece), (byte) => firstByte + byte)),
    counts: [...pieces.values()],
  };
}

/** Replaces `left right` by `merged` in one word; the result may be the word itself when it holds none. */
function mergeWord(word: readonly number[], left: number, right: number, merged: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < word.length; i++) {
    if (word[i] === left && word[i + 1] === right) {
      result.push(merged);
      i++;
    } else result.push(word[i]!);
  }
  return result;
}

/** Pair counts over all words, kept up to date as words change. */
function createPairCounts(words: Words): {
  readonly counts: Map<PairKey, number>;
  readonly places: Map<PairKey, Set<number>>;
  add(word: number, sign: 1 | -1, changed?: Set<PairKey>): void;
} {
  const counts = new Map<PairKey, number>();
  const places = new Map<PairKey, Set<number>>();
  const add = (word: number, sign: 1 | -1, changed?: Set<PairKey>): void => {
    const tokens = words.tokens[word]!;
    for (let i = 0; i + 1 < tokens.length; i++) {
      const key = pairKey(tokens[i]!, tokens[i + 1]!);
      counts.set(key, (counts.get(key) ?? 0) + sign * words.counts[word]!);
      changed?.add(key);
      if (sign > 0) {
        let at = places.get(key);
        if (!at) places.set(key, (at = new Set()));
        at.add(word);
      }
    }
  };
  words.tokens.forEach((_, word) => add(word, 1));
  return { counts, places, add };
}

/**
 * Trains a byte-level BPE tokenizer on texts.
 *
 * Each step merges the most frequent pair of neighbouring tokens within pieces of GPT-2's pre-tokenisation; ties go
 * to the pair of lowest ids, so the same texts give the same model. Ids: special tokens, the 256 bytes in order, then
 * merges in order. A pair whose merge is already a token is skipped. Cost: pair counts are updated only where a merge
 * happens.
 *
 * @throws {SakeError} `invalid-option` when the vocabulary cannot hold the bytes and special tokens.
 */
export function trainTokenizer(texts: Iterable<string>, options: TokenizerTraining): TokenizerModel {
  const { vocabularySize, specialTokens = ['<|endoftext|>'], minFrequency = 2 } = options;
  const base = specialTokens.length + 256;
  if (!Number.isInteger(vocabularySize) || vocabularySize < base || vocabularySize > MAX_TOKENS)
    throw new SakeError(
      'invalid-option',
      `trainTokenizer: expected vocabularySize in [${base}, ${MAX_TOKENS}] (${specialTokens.length} special tokens and 256 bytes), got ${vocabularySize}`,
    );
  if (!(minFrequency >= 1))
    throw new SakeError('invalid-option', `trainTokenizer: expected minFrequency >= 1, got ${minFrequency}`);

  const vocab = [...specialTokens, ...BYTE_CHARACTERS];
  const known = new Set(vocab);
  const merges: [string, string][] = [];
  const words = countWords(texts, specialTokens.length);
  const { counts, places, add } = createPairCounts(words);
  const queue = createPairQueue();
  for (const [key, count] of counts) queue.push(key, count);

  while (vocab.length < vocabularySize) {
    const entry = queue.pop();
    if (!entry || entry[1] < minFrequency) break;
    const [key, count] = entry;
    if (counts.get(key) !== count) continue; // its present count has its own entry
    const [left, right] = pairOf(key);
    const token = vocab[left]! + vocab[right]!;
    if (known.has(token)) continue;
    const merged = vocab.length;
    vocab.push(token);
    known.add(token);
    merges.push([vocab[left]!, vocab[right]!]);

    const changed = new Set<PairKey>();
    for (const word of places.get(key)!) {
      const before = words.tokens[word]!;
      const after = mergeWord(before, left, right, merged);
      if (after.length === before.length) continue;
      add(word, -1, changed);
      words.tokens[word] = after;
      add(word, 1, changed);
    }
    places.delete(key);
    for (const pair of changed) {
      const now = counts.get(pair)!;
      if (now > 0) queue.push(pair, now);
      else counts.delete(pair);
    }
  }
  return { vocab, merges, specialTokens };
}
