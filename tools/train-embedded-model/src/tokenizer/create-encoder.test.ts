import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@sakejs/spec';
import { AutoTokenizer, env, type PreTrainedTokenizer } from '@xenova/transformers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCorpus, documentText } from '../corpus/create-corpus.js';
import { firstDataset } from '../corpus/first-dataset.test-data.js';
import { createEncoder } from './create-encoder.js';
import { toTokenizerFiles } from './tokenizer-json.js';
import { trainTokenizer } from './train-tokenizer.js';

const SAMPLE = [
  "The capital of France is Paris. It isn't Lyon, and we'll say so; they've said: 'The capital of France is Paris'.",
  "Do not mention 'Lyon'. Repeat this sentence: 'The capital of France is Paris'. The capital of France is Paris.",
  'Question: Which language is spoken in São Tomé?\nAnswer: Portuguese   in  1999, 100 % of 3,000 people… naïve café',
];
const model = trainTokenizer([...SAMPLE, ...SAMPLE, ...SAMPLE], { vocabularySize: 500 });
const encoder = createEncoder(model);

let folder: string;
let reference: PreTrainedTokenizer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sakejs-tokenizer-'));
  for (const [name, text] of Object.entries(toTokenizerFiles(model, { maxPositions: 128 })))
    await writeFile(join(folder, name), text);
  env.allowRemoteModels = false;
  reference = await AutoTokenizer.from_pretrained(folder, { local_files_only: true });
});
afterAll(() => rm(folder, { recursive: true }));

function randomText(seed: number): string {
  const random = createRandom(`text ${seed}`);
  const ranges: [number, number][] = [
    [0x20, 0x7f], [0x20, 0x7f], [0x00, 0x20], [0x80, 0x250], [0x300, 0x600], [0x2000, 0x2070],
    [0x4e00, 0x4f00], [0xe000, 0xe100], [0xfe00, 0x10000], [0x1f300, 0x1fb00], [0x10000, 0x110000],
  ]; // prettier-ignore
  return Array.from({ length: random.integer(40) }, () => {
    const [from, to] = random.pick(ranges);
    return random.next() < 0.15 ? ' ' : String.fromCodePoint(from + random.integer(to - from));
  }).join('');
}

describe('createEncoder', () => {
  it('gives the ids of transformers.js on the text it was trained on', () => {
    for (const text of SAMPLE) {
      expect(encoder.encode(text)).toEqual(reference.encode(text));
      expect(encoder.decode(encoder.encode(text))).toBe(text);
    }
  });
  it('gives the ids of transformers.js on every fact and 2,000 documents of the corpus', () => {
    const corpus = createCorpus(firstDataset);
    const facts = firstDataset.facts.map(({ subject, object }) => `${subject} ${object}`);
    const documents = Array.from({ length: 2000 }, (_, index) => documentText(corpus.document(index)));
    for (const text of [...facts, ...documents]) expect(encoder.encode(text)).toEqual(reference.encode(text));
  });
  it('gives the ids of transformers.js on random Unicode', () => {
    for (let seed = 0; seed < 1500; seed++) {
      const text = randomText(seed);
      const ids = encoder.encode(text);
      expect(ids, JSON.stringify(text)).toEqual(reference.encode(text));
      expect(encoder.decode(ids)).toBe(text);
      if (ids.length > 0) expect(reference.decode(ids)).toBe(text);
    }
  });
  it('gives the ids of transformers.js on every character of one byte or two, alone and after a space', () => {
    for (let point = 0; point < 0x800; point++)
      for (const text of [String.fromCodePoint(point), ` ${String.fromCodePoint(point)}`])
        expect(encoder.encode(text), `U+${point.toString(16)}`).toEqual(reference.encode(text));
  });
  it('gives the ids of transformers.js on emojis, white space, contractions, quotes and repeated letters', () => {
    const texts = [
      '', ' ', '  ', '\n\n', ' \t \r\n x', 'a  b   c    ', '\u00a0x', "don't I'd we're 'tis 'The' \"'s\"", "''s'll'LL'S",
      '\u{1F468}\u200d\u{1F469}\u200d\u{1F467} \u{1F1EB}\u{1F1F7}', 'e\u0301', 'aaaaaaaaaaaaaaaaaaaaaaaa', '1,000,000.00',
      'in in in inininin', '<|endoftext|>', 'a <|endoftext|> b<|endoftext|><|endoftext|>', '<|endoftext', '\ufeffx', '\ud800x',
    ]; // prettier-ignore
    for (const text of texts)
      expect(encoder.encode(text), JSON.stringify(text)).toEqual(reference.encode(text));
  });
  it('has a token for every byte, also those that UTF-8 never uses', () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => byte + 1);
    expect(encoder.decode(bytes.slice(0, 128))).toBe(String.fromCharCode(...Array(128).keys()));
    expect(new Set(bytes.map((id) => model.vocab[id])).size).toBe(256);
  });
  it('puts nothing in front of a text, as the loaded files do', () => {
    expect(reference.encode('Paris')).toEqual(encoder.encode('Paris'));
    expect(reference.eos_token).toBe('<|endoftext|>');
    expect(encoder.encode('<|endoftext|>')).toEqual([encoder.endOfText]);
  });
  it('refuses ids outside the vocabulary', () => {
    expect(() => encoder.decode([500_000])).toThrow(/expected ids in \[0, /);
  });
  it('refuses a vocabulary without all bytes', () => {
    expect(() => createEncoder({ ...model, vocab: ['<|endoftext|>'], merges: [] })).toThrow(/all 256 bytes/);
  });
});
