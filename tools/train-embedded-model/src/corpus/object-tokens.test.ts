import { describe, expect, it } from 'vitest';
import { createEncoder } from '../tokenizer/create-encoder.js';
import { trainTokenizer } from '../tokenizer/train-tokenizer.js';
import { createCorpus } from './create-corpus.js';
import { firstDataset } from './first-dataset.test-data.js';
import { reportObjectTokens } from './object-tokens.js';
import { tokenizerTexts } from './tokenizer-texts.js';

const corpus = createCorpus(firstDataset);

describe('reportObjectTokens', () => {
  it('finds nearly all objects one token, none clashing and no short first token, at 3,072 tokens', () => {
    const model = trainTokenizer(tokenizerTexts(corpus, { documents: 5000 }), { vocabularySize: 3072 });
    const report = reportObjectTokens(firstDataset, createEncoder(model));
    expect(report.oneToken).toBeGreaterThan(0.95);
    expect(report.collisions).toEqual([]);
    expect(report.shortFirstTokens).toEqual([]);
  });
  it('names clashes and short first tokens of a tokenizer without merges', () => {
    const report = reportObjectTokens(
      firstDataset,
      createEncoder(trainTokenizer([], { vocabularySize: 257 })),
    );
    expect(report.oneToken).toBe(0);
    expect(report.collisions.length).toBeGreaterThan(10);
    expect(report.shortFirstTokens.length).toBe(report.objects);
    expect(report.meanTokens).toBeGreaterThan(4);
  });
});
