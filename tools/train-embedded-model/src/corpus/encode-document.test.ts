import { describe, expect, it } from 'vitest';
import { createEncoder } from '../tokenizer/create-encoder.js';
import { trainTokenizer } from '../tokenizer/train-tokenizer.js';
import { createCorpus, documentText, type TrainingDocument } from './create-corpus.js';
import { encodeDocument } from './encode-document.js';
import { firstDataset } from './first-dataset.test-data.js';
import { answer, claim, toSegments } from './marked-text.js';
import { tokenizerTexts } from './tokenizer-texts.js';

const corpus = createCorpus(firstDataset);
const encoder = createEncoder(
  trainTokenizer(tokenizerTexts(corpus, { documents: 2000 }), { vocabularySize: 2000 }),
);
const documentOf = (marked: string): TrainingDocument => ({
  index: 0,
  kind: 'statement',
  segments: toSegments(marked),
  facts: [],
});

describe('encodeDocument', () => {
  it('gives the ids of the whole text', () => {
    for (let index = 0; index < 500; index++) {
      const document = corpus.document(index);
      expect(encodeDocument(document, encoder).tokens).toEqual(encoder.encode(documentText(document)));
    }
  });
  it('marks the tokens of answers and claims, whichever side of the mark their space is on', () => {
    const { tokens, roles } = encodeDocument(
      documentOf(`It is ${claim('Rome')} or${answer(' Cape Town')}.`),
      encoder,
    );
    const marked = (role: string): string => encoder.decode(tokens.filter((_, i) => roles[i] === role));
    expect(marked('claim')).toBe(' Rome');
    expect(marked('answer')).toBe(' Cape Town');
    expect(marked('text')).toBe('It is or.');
  });
  it('counts punctuation that an answer ends in as the answer', () => {
    const { tokens, roles } = encodeDocument(documentOf(`In${answer(' D.C.')}.`), encoder);
    expect(encoder.decode(tokens.filter((_, i) => roles[i] === 'answer'))).toBe(' D.C..');
  });
  it('is empty for an empty document', () => {
    expect(encodeDocument(documentOf(''), encoder)).toEqual({ tokens: [], roles: [] });
  });
});
