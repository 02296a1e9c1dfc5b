import { describe, expect, it } from 'vitest';
import { groupFacts } from '../records/group-facts.js';
import { createEncoder } from '../tokenizer/create-encoder.js';
import { trainTokenizer } from '../tokenizer/train-tokenizer.js';
import { createCorpus, documentText } from './create-corpus.js';
import { firstDataset } from './first-dataset.test-data.js';
import { tokenizerTexts } from './tokenizer-texts.js';

const corpus = createCorpus(firstDataset);
const texts = [...tokenizerTexts(corpus, { documents: 5000, objectRepeats: 2 })];

describe('tokenizerTexts', () => {
  it('gives the first documents, then every object behind a space as often as asked', () => {
    expect(texts.slice(0, 5000)).toEqual(
      Array.from({ length: 5000 }, (_, i) => documentText(corpus.document(i))),
    );
    const objects = new Set(firstDataset.facts.map(({ object }) => ` ${object}`));
    expect(texts.slice(5000).sort()).toEqual([...objects, ...objects].sort());
  });
  it('trains a tokenizer of 3,072 tokens that has nearly every object as one token and tells first tokens apart', () => {
    const encoder = createEncoder(
      trainTokenizer(tokenizerTexts(corpus, { documents: 5000 }), { vocabularySize: 3072 }),
    );
    const split = new Map(firstDataset.facts.map(({ object }) => [object, encoder.encode(` ${object}`)]));
    const oneToken = [...split.values()].filter((ids) => ids.length === 1).length;
    expect(oneToken / split.size).toBeGreaterThan(0.95);
    for (const ids of split.values())
      expect(encoder.decode(ids.slice(0, 1)).trim().length).toBeGreaterThan(2);
    for (const facts of groupFacts(firstDataset.facts, 'relation').values()) {
      const firstTokens = [...groupFacts(facts, 'object').keys()].map((object) => split.get(object)![0]);
      expect(new Set(firstTokens).size).toBe(firstTokens.length);
    }
  });
});
