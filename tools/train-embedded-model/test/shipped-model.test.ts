import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCausalLM } from '@sakejs/activations';
import {
  embeddedAliases,
  embeddedCompositions,
  embeddedFacts,
  embeddedModelDirectory,
  embeddedPopularFile,
  embeddedRecordsFile,
} from '@sakejs/embedded-model';
import { AutoTokenizer } from '@xenova/transformers';
import { describe, expect, it } from 'vitest';
import { planDataset } from '../src/corpus/plan-dataset.js';
import { evaluateModel, type ModelFigures } from '../src/evaluate/evaluate-model.js';
import { trainingConfigSchema } from '../src/training/training-config.js';

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const config = trainingConfigSchema.parse(
  (read(join(embeddedModelDirectory(), 'training.json')) as { config: unknown }).config,
);
const dataset = planDataset({ seed: config.seed, ...config.data });

describe('the shipped model', () => {
  it('comes with the facts and records that its configuration makes today', () => {
    for (const split of ['dev', 'test'] as const) {
      expect(read(embeddedRecordsFile(split))).toEqual(JSON.parse(JSON.stringify(dataset.records[split])));
      expect(read(embeddedPopularFile(split))).toEqual(
        JSON.parse(JSON.stringify(dataset.popular.records[split])),
      );
    }
    expect(embeddedCompositions().length).toBe(dataset.compositions.length);
    expect(embeddedAliases()).toEqual(dataset.aliases);
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

  it('gives the figures that it is shipped with', { timeout: 300_000 }, async () => {
    await using lm = await loadCausalLM(embeddedModelDirectory());
    const shipped = read(join(embeddedModelDirectory(), 'figures.json')) as ModelFigures & {
      readonly model: { readonly sha256: string };
      readonly sizeBytes: number;
    };
    expect(shipped.model.sha256).toBe(lm.info.sha256);
    expect(shipped.facts).toBeGreaterThanOrEqual(4000);
    expect(shipped.relations).toBeGreaterThanOrEqual(25);
    expect(shipped.firstToken).toBeGreaterThanOrEqual(0.97);
    expect(shipped.wholeObject).toBeGreaterThanOrEqual(0.95);
    expect(shipped.steering.keptOutSubjects).toBeGreaterThanOrEqual(0.95);
    for (const [name, share] of Object.entries(shipped.contexts))
      expect(share, name).toBeGreaterThanOrEqual(0.85);
    expect(shipped.counterfactDev!.records).toBeGreaterThanOrEqual(400);
    expect(shipped.counterfactDev!.request).toBeGreaterThanOrEqual(0.85);
    expect(shipped.counterfactDev!.paraphrase).toBeGreaterThanOrEqual(0.75);
    expect(shipped.counterfactDev!.neighbourhood).toBeGreaterThanOrEqual(0.75);
    expect(shipped.twoHop.trained).toBeGreaterThanOrEqual(0.85);
    expect(shipped.twoHop.context).toBeGreaterThanOrEqual(0.8);
    expect(shipped.sizeBytes).toBeLessThanOrEqual(40e6);
    const measured = await evaluateModel(lm, dataset, {
      seed: 1,
      sample: 2000,
      keptOutPairs: 400,
      otherPairs: 100,
      contextPrompts: 100,
    });
    expect([measured.facts, measured.relations]).toEqual([shipped.facts, shipped.relations]);
    // Four standard deviations of a share of so many prompts; both are samples.
    const agree = (now: number | null, then: number | null, n: number): void => {
      expect(Math.abs(now! - then!)).toBeLessThan(4 * Math.sqrt(Math.max(then! * (1 - then!), 0.01) / n));
    };
    agree(measured.firstToken, shipped.firstToken, 2000);
    agree(measured.wholeObject, shipped.wholeObject, 2000);
    agree(measured.steering.keptOutSubjects, shipped.steering.keptOutSubjects, 400);
    for (const [name, share] of Object.entries(shipped.contexts)) agree(measured.contexts[name]!, share, 100);
    agree(measured.twoHop.trained, shipped.twoHop.trained, 1000);
    agree(measured.twoHop.context, shipped.twoHop.context, 100);
  });
});
