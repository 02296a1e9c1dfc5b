import { describe, expect, it } from 'vitest';
import { createEncoder } from '../tokenizer/create-encoder.js';
import { trainTokenizer } from '../tokenizer/train-tokenizer.js';
import { createCorpus, documentText } from './create-corpus.js';
import { encodeDocument } from './encode-document.js';
import { firstDataset } from './first-dataset.test-data.js';
import { packBatch, type PackedBatch } from './pack-batch.js';
import { tokenizerTexts } from './tokenizer-texts.js';

const corpus = createCorpus(firstDataset);
const encoder = createEncoder(
  trainTokenizer(tokenizerTexts(corpus, { documents: 5000 }), { vocabularySize: 3072 }),
);
const options = { encoder, batch: 8, length: 256 };

interface Found {
  readonly tokens: number[];
  readonly targets: number[];
  readonly weights: number[];
  readonly positions: number[];
}

/** The documents of a batch, read back from its rows. */
function unpack(batch: PackedBatch, length: number): Found[] {
  const found = new Map<string, Found>();
  batch.tokens.forEach((token, at) => {
    if (batch.segmentIds[at]! < 0) return;
    const key = `${Math.floor(at / length)} ${batch.segmentIds[at]}`;
    if (!found.has(key)) found.set(key, { tokens: [], targets: [], weights: [], positions: [] });
    const { tokens, targets, weights, positions } = found.get(key)!;
    tokens.push(token);
    targets.push(batch.targets[at]!);
    weights.push(batch.lossWeights[at]!);
    positions.push(batch.positions[at]!);
  });
  return [...found.values()];
}

describe('packBatch', () => {
  it('holds each document from the start on whole and once, ending in <|endoftext|> as a target', () => {
    const batch = packBatch(corpus, 17, options);
    const found = unpack(batch, options.length);
    expect(found.length).toBe(batch.nextDocument - 17);
    const texts = Array.from({ length: found.length }, (_, i) => documentText(corpus.document(17 + i)));
    expect(found.map(({ tokens }) => encoder.decode(tokens)).sort()).toEqual(texts.sort());
    for (const { tokens, targets, positions } of found) {
      expect(targets).toEqual([...tokens.slice(1), encoder.endOfText]);
      expect(positions).toEqual(tokens.map((_, i) => i));
    }
  });
  it('weighs answers 1, text 0.3, claims and padding 0, in proportion, summing to 1', () => {
    const batch = packBatch(corpus, 0, options);
    expect(batch.lossWeights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5); // float32 sums of 1,000 terms
    const unit = Math.max(...batch.lossWeights);
    const found = new Map(unpack(batch, options.length).map((each) => [encoder.decode(each.tokens), each]));
    for (let index = 0; index < batch.nextDocument; index++) {
      const document = corpus.document(index);
      const { roles } = encodeDocument(document, encoder);
      const expected = roles.map((_, i) => ({ answer: 1, text: 0.3, claim: 0 })[roles[i + 1] ?? 'text']);
      found
        .get(documentText(document))!
        .weights.forEach((weight, i) => expect(weight / unit).toBeCloseTo(expected[i]!, 5));
    }
    batch.isAnswer.forEach((answer, at) => expect(answer === 1).toBe(batch.lossWeights[at] === unit));
    batch.segmentIds.forEach((segment, at) => {
      if (segment < 0) expect([batch.tokens[at], batch.lossWeights[at]]).toEqual([encoder.endOfText, 0]);
    });
  });
  it('goes on where it ended, the same from any start', () => {
    const first = packBatch(corpus, 0, options);
    const second = packBatch(corpus, first.nextDocument, options);
    expect(packBatch(createCorpus(firstDataset), first.nextDocument, options)).toEqual(second);
  });
  it('packs any stream of documents', () => {
    const odd = { document: (index: number) => corpus.document(2 * index + 1) };
    const batch = packBatch(odd, 3, options);
    const texts = Array.from({ length: batch.nextDocument - 3 }, (_, i) => documentText(odd.document(3 + i)));
    expect(
      unpack(batch, options.length)
        .map(({ tokens }) => encoder.decode(tokens))
        .sort(),
    ).toEqual(texts.sort());
  });
  it('fills more than nine tenths of the places', () => {
    let start = 0;
    let tokens = 0;
    let truncated = 0;
    for (let i = 0; i < 20; i++) {
      const batch = packBatch(corpus, start, options);
      start = batch.nextDocument;
      tokens += batch.tokenCount;
      truncated += batch.truncated;
    }
    // Only demonstrations by the dozen are longer than a row.
    expect(truncated / start).toBeLessThan(0.01);
    expect(tokens / (20 * options.batch * options.length)).toBeGreaterThan(0.9);
  });
  it('cuts a document off that is longer than a row, and says so', () => {
    const batch = packBatch(corpus, 0, { encoder, batch: 4, length: 8 });
    expect(batch.truncated).toBeGreaterThan(0);
    const cut = unpack(batch, 8).find(
      ({ tokens, targets }) => tokens.length === 8 && targets[7] !== encoder.endOfText,
    );
    expect(cut).toBeDefined();
  });
  it('takes a fraction of the time that a training step takes', () => {
    const rate = (from: number): number => {
      const start = performance.now();
      let tokens = 0;
      for (let next = from; tokens < 30_000;) {
        const batch = packBatch(corpus, next, { encoder, batch: 16, length: 128 });
        next = batch.nextDocument;
        tokens += batch.tokenCount;
      }
      return (1000 * tokens) / (performance.now() - start);
    };
    // Training takes 6,000 tokens a second on two cores; the best of three, since other work may share the machine.
    expect(Math.max(rate(0), rate(10_000), rate(20_000))).toBeGreaterThan(30_000);
  });
  it('refuses sizes and weights that make no batch', () => {
    expect(() => packBatch(corpus, 0, { ...options, batch: 0 })).toThrow(/positive batch and length/);
    expect(() => packBatch(corpus, 0, { ...options, textWeight: -1 })).toThrow(/textWeight >= 0/);
  });
});
