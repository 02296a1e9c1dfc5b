import { describe, expect, it } from 'vitest';
import { preTokenize } from './pre-tokenize.js';

describe('preTokenize', () => {
  it('splits words with their space, numbers, punctuation and contractions as GPT-2 does', () => {
    expect(preTokenize("It's  we'll, 3rd 'the'.")).toEqual([
      'It', "'s", ' ', ' we', "'ll", ',', ' 3', 'rd', " '", 'the', "'.",
    ]); // prettier-ignore
  });
  it('leaves the last space of a run to the word after it', () => {
    expect(preTokenize('a   b \n')).toEqual(['a', '  ', ' b', ' \n']);
  });
  it('loses no character', () => {
    const text = '\u0000\u0085 \ufeff\u2028x\u{1F468}\u200d\u{1F469} ½²Ⅷ';
    expect(preTokenize(text).join('')).toBe(text);
  });
});
