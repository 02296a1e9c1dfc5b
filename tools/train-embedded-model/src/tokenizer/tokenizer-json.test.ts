import { describe, expect, it } from 'vitest';
import { parseTokenizerJson, toTokenizerFiles } from './tokenizer-json.js';
import { trainTokenizer } from './train-tokenizer.js';

const model = trainTokenizer(['10 green bottles, 10 green bottles'], { vocabularySize: 270 });

describe('parseTokenizerJson', () => {
  it('gives back the model that toTokenizerFiles wrote', () => {
    expect(parseTokenizerJson(toTokenizerFiles(model, { maxPositions: 64 })['tokenizer.json'])).toEqual(
      model,
    );
  });
  it('refuses text that is not such a file', () => {
    expect(() => parseTokenizerJson('{')).toThrow(/not JSON/);
    expect(() => parseTokenizerJson('{"model": {"type": "Unigram"}}')).toThrow(/expected a byte-level BPE/);
    const holes = { added_tokens: [], model: { type: 'BPE', vocab: { a: 0, b: 2 }, merges: [] } };
    expect(() => parseTokenizerJson(JSON.stringify(holes))).toThrow(/ids other than 0 to 1/);
  });
});

describe('toTokenizerFiles', () => {
  it('is the same text each time', () => {
    expect(toTokenizerFiles(model, { maxPositions: 64 })).toEqual(
      toTokenizerFiles(model, { maxPositions: 64 }),
    );
  });
});
