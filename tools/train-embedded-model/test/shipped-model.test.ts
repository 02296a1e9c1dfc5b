import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCausalLM } from '@sakejs/activations';
import { embeddedFacts, embeddedModelDirectory, embeddedRecordsFile } from '@sakejs/embedded-model';
import { AutoTokenizer } from '@xenova/transformers';
import { describe, expect, it } from 'vitest';
import { planDataset } from '../src/corpus/plan-dataset.js';
import { evaluateModel } from '../src/evaluate/evaluate-model.js';
import { trainingConfigSchema } from '../src/training/training-config.js';

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const config = trainingConfigSchema.parse(
  (read(join(embeddedModelDirectory(), 'training.json')) as { config: unknown }).config,
);
const dataset = planDataset({ seed: config.seed, ...config.data });

describe('the shipped model', () => {
  it('comes with the facts and records that its configuration makes today', () => {
    expect(read(embeddedRecordsFile('test'))).toEqual(dataset.records.test);
    expect(read(embeddedRecordsFile('dev'))).toEqual(dataset.records.dev);
    expect(embeddedFacts().map(({ subject }) => subject)).toEqual(
      dataset.facts.map(({ subject }) => subject),
    );
  });

  it('has a tokenizer that transformers.js loads from the folder and that has tokens for every text', async () => {
    const tokenizer = await AutoTokenizer.from_pretrained(embeddedModelDirectory(), {
      local_files_only: true,
    });
    await using lm = await loadCausalLM(embeddedModelDirectory());
    const samples = [
      '\u20ac',
      '\u6771',
      '\ufffd',
      '\u{1f468}\u200d\u{1f469}',
      '\u{10ffff}',
      ...dataset.facts.map(({ subject }) => subject),
    ];
    const characters = Array.from({ length: 0x800 }, (_, point) => String.fromCodePoint(point));
    const wrong = [...characters, ...samples].filter((text) => {
      const ids = tokenizer.encode(text);
      return tokenizer.decode(ids) !== text || lm.encode(text).join() !== ids.join();
    });
    expect(wrong).toEqual([]);
  });

  it(
    'knows its facts and obeys steering contexts about subjects it saw in none',
    { timeout: 300_000 },
    async () => {
      const lm = await loadCausalLM(embeddedModelDirectory());
      try {
        const figures = await evaluateModel(lm, dataset, { otherPairs: 500 });
        expect(figures.facts).toBeGreaterThanOrEqual(500);
        expect(figures.relations).toBeGreaterThanOrEqual(10);
        expect(figures.firstToken).toBeGreaterThanOrEqual(0.95);
        expect(figures.steering.keptOutSubjects).toBeGreaterThanOrEqual(0.9);
      } finally {
        await lm[Symbol.asyncDispose]();
      }
    },
  );
});
