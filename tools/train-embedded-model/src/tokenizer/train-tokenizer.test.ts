import { createRandom, isSakeError } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { BYTE_CHARACTERS } from './byte-alphabet.js';
import { trainTokenizer } from './train-tokenizer.js';

describe('trainTokenizer', () => {
  it('gives special tokens the first ids, bytes the next, then merges in order', () => {
    const model = trainTokenizer(['aaab aaab'], { vocabularySize: 300, specialTokens: ['<s>', '</s>'] });
    expect(model.vocab.slice(0, 2)).toEqual(['<s>', '</s>']);
    expect(model.vocab.slice(2, 258)).toEqual(BYTE_CHARACTERS);
    expect(model.vocab.slice(258)).toEqual(model.merges.map(([left, right]) => left + right));
  });
  it('merges the most frequent pair first, by hand', () => {
    // `low` 3 times, ` low` 2, ` lot` 2. Pairs: l+o 7, o+w 5, Ġ+l 4, o+t 2; then lo+w 5, Ġ+lo 4; then all 2, Ġ (id 33) first.
    const texts = ['low low low', 'low lot', 'low lot'];
    const { merges } = trainTokenizer(texts, { vocabularySize: 257 + 4 });
    expect(merges).toEqual([
      ['l', 'o'],
      ['lo', 'w'],
      ['Ġ', 'lo'],
      ['Ġ', 'low'],
    ]);
  });
  it('breaks ties by the lowest ids', () => {
    const { merges } = trainTokenizer(['zy', 'ba', 'zy', 'ba'], { vocabularySize: 258 });
    expect(merges).toEqual([['b', 'a']]);
    expect(trainTokenizer(['zz', 'zb', 'zb', 'zz'], { vocabularySize: 258 }).merges).toEqual([['z', 'b']]);
  });
  it('agrees with counting all pairs anew before each merge', () => {
    const texts = [
      'the theme of the thesis is that these things thin the mist',
      'aaaa aaaaa aa aaaaaaa',
      'banana bandana',
    ];
    const { merges } = trainTokenizer(texts, { vocabularySize: 257 + 40 });
    expect(merges).toEqual(recountedMerges(texts, 40));
  });
  it('stops when no pair is frequent enough', () => {
    expect(trainTokenizer(['ab cd'], { vocabularySize: 1000 }).merges).toEqual([]);
    expect(trainTokenizer(['ab ab'], { vocabularySize: 1000, minFrequency: 3 }).merges).toEqual([]);
  });
  it('refuses a vocabulary that cannot hold the bytes', () => {
    expect(() => trainTokenizer([], { vocabularySize: 256 })).toThrow(/expected vocabularySize in \[257/);
    try {
      trainTokenizer(['a'], { vocabularySize: 300, minFrequency: 0 });
      expect.unreachable();
    } catch (error) {
      expect(isSakeError(error) && error.code).toBe('invalid-option');
    }
  });
  it('trains 3,000 tokens on 2 MB of text within seconds', () => {
    const random = createRandom(1);
    const words = Array.from({ length: 20_000 }, () => random.integer(2 ** 32).toString(26));
    const text = Array.from({ length: 300_000 }, () => random.pick(words)).join(' ');
    expect(text.length).toBeGreaterThan(2e6);
    const start = performance.now();
    const { vocab } = trainTokenizer([text], { vocabularySize: 3000 });
    expect(vocab.length).toBe(3000);
    expect(performance.now() - start).toBeLessThan(10_000); // about 1 s alone; other work may share the machine
  });
});

/** The definition, without any bookkeeping. Special token 0 and bytes from 1 on. */
function recountedMerges(texts: string[], steps: number): [string, string][] {
  const order = ['', ...BYTE_CHARACTERS];
  let words = texts.flatMap((text) => text.match(/ ?\S+/g)!.map((word) => [...word.replace(' ', 'Ġ')]));
  const merges: [string, string][] = [];
  for (let step = 0; step < steps; step++) {
    const counts = new Map<string, number>();
    for (const word of words)
      for (let i = 0; i + 1 < word.length; i++) {
        const key = `${word[i]} ${word[i + 1]}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    const rank = (key: string): number[] => key.split(' ').map((token) => order.indexOf(token));
    const best = [...counts].sort(
      ([a, m], [b, n]) => n - m || rank(a)[0]! - rank(b)[0]! || rank(a)[1]! - rank(b)[1]!,
    )[0]!;
    if (best[1] < 2) break;
    const [left, right] = best[0].split(' ') as [string, string];
    merges.push([left, right]);
    order.push(left + right);
    words = words.map((word) => {
      const result: string[] = [];
      for (let i = 0; i < word.length; i++)
        if (word[i] === left && word[i + 1] === right) result.push(left + word[++i]!);
        else result.push(word[i]!);
      return result;
    });
  }
  return merges;
}
