import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCausalLM } from '@sakejs/activations';
import { embeddedFacts, embeddedModelDirectory, embeddedRecordsFile } from '@sakejs/embedded-model';
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
