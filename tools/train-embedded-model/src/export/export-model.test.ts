import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCausalLM } from '@sakejs/activations';
import { fromFloat16Bits, toFloat16Bits } from '@sakejs/onnx';
import type { CausalLM } from '@sakejs/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyConfig as config } from '../../test/tiny-config.js';
import { prepareTrainingData, type TrainingData } from '../corpus/training-data.js';
import { packBatch } from '../corpus/pack-batch.js';
import { evaluateModel } from '../evaluate/evaluate-model.js';
import { modelConfig } from '../training/model-config.js';
import { createTrainingStep } from '../training/training-step.js';
import { train, type TrainedModel } from '../training/train.js';
import { createParameterSet } from '../training/parameters.js';
import { exportModel } from './export-model.js';
import { readWeights } from './read-weights.js';
import { readTrainingRecord } from './training-record.js';

let folder: string;
let data: TrainingData;
let trained: TrainedModel;
let lm: CausalLM;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sake-export-'));
  data = prepareTrainingData(config);
  trained = await train({ config, data, directory: join(folder, 'run'), threads: 1 });
  exportModel(folder, { config, data, ...trained });
  lm = await loadCausalLM(join(folder, 'model'), { threads: 1 });
});
afterAll(async () => {
  await lm[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

describe('exportModel', () => {
  it('writes a folder that gives the loss of the training graph', async () => {
    const { batch, length } = config.optimisation;
    const packed = packBatch(data.corpus, 0, { encoder: data.encoder, batch, length, textWeight: 1 });
    await using step = await createTrainingStep(modelConfig(config), trained.parameters, {
      batch,
      length,
      threads: 1,
    });
    const expected = await step.run(packed);
    let loss = 0;
    for (let row = 0; row < batch; row++) {
      const segments = new Set(packed.segmentIds.subarray(row * length, (row + 1) * length));
      for (const segment of segments) {
        if (segment < 0) continue;
        const at = Array.from({ length }, (_, i) => row * length + i).filter(
          (i) => packed.segmentIds[i] === segment,
        );
        const tokens = at.map((i) => packed.tokens[i]!);
        const states = await lm.capture(
          tokens.map(() => tokens),
          { positions: tokens.map((_, i) => i) },
        );
        const logits = await lm.project(states);
        at.forEach((i, r) => {
          const line = logits.data.subarray(r * logits.cols, (r + 1) * logits.cols);
          const top = line.reduce((a, b) => Math.max(a, b), -Infinity);
          const sum = line.reduce((total, x) => total + Math.exp(x - top), 0);
          loss += packed.lossWeights[i]! * (top + Math.log(sum) - line[packed.targets[i]!]!);
        });
      }
    }
    // Weights are stored in float16: eleven bits, so logits move in the third digit after the point.
    expect(loss).toBeCloseTo(expected, 2);
  });

  it('writes records in the original schema and the facts with who was kept out', () => {
    const records = JSON.parse(readFileSync(join(folder, 'records', 'test.json'), 'utf8')) as unknown[];
    expect(records).toEqual(JSON.parse(JSON.stringify(data.dataset.records.test)));
    const lines = readFileSync(join(folder, 'records', 'facts.tsv'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(data.dataset.facts.length + 1);
    expect(lines.filter((line) => line.endsWith('\tyes')).length).toBeGreaterThan(0);
  });

  it('writes ripple records, chains of two and aliases', () => {
    const read = (name: string): string => readFileSync(join(folder, 'records', name), 'utf8');
    const { popular, compositions, aliases } = data.dataset;
    for (const split of ['dev', 'test'] as const)
      expect(JSON.parse(read(`popular-${split}.json`))).toEqual(
        JSON.parse(JSON.stringify(popular.records[split])),
      );
    expect(read('compositions.tsv').trimEnd().split('\n')).toHaveLength(compositions.length + 1);
    expect(read('aliases.tsv').trimEnd().split('\n')).toHaveLength(aliases.length + 1);
  });

  it('records configuration, data and cost of the training', () => {
    const training = JSON.parse(readFileSync(join(folder, 'model', 'training.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(training).toMatchObject({
      config,
      data: data.fingerprint,
      stage: 1,
      stages: 1,
      step: config.stages[0]!.steps,
      nextDocument: trained.state.nextDocument,
      nextLongDocument: 0,
    });
  });

  it('writes that record last, so that a run which ended on the way exports again', () => {
    const cut = join(folder, 'cut');
    mkdirSync(cut);
    writeFileSync(join(cut, 'records'), 'where the folder should be');
    expect(() => exportModel(cut, { config, data, ...trained })).toThrow();
    expect(existsSync(join(cut, 'model', 'onnx', 'model.onnx'))).toBe(true);
    expect(readTrainingRecord(join(cut, 'model'))).toBeUndefined();
  });
});

describe('readWeights', () => {
  it('gives every weight back, matrices rounded to float16', () => {
    const record = readTrainingRecord(join(folder, 'model'))!;
    const read = createParameterSet(trained.parameters.specs);
    readWeights(join(folder, 'model'), record, read);
    for (const { name, shape } of read.specs) {
      const original = trained.parameters.view(name);
      const round = (value: number): number =>
        shape.length > 1 ? fromFloat16Bits(toFloat16Bits(value)) : value;
      expect(read.view(name)).toEqual(original.map(round));
    }
  });

  it('refuses a model that its record does not describe', () => {
    const record = readTrainingRecord(join(folder, 'model'))!;
    const read = createParameterSet(trained.parameters.specs);
    expect(() => readWeights(join(folder, 'model'), { ...record, weights: 'other' }, read)).toThrow(
      /the model of its training.json, got another/,
    );
  });
});

describe('evaluateModel', () => {
  it('asks every pair, and steering contexts of every kept-out one', async () => {
    const figures = await evaluateModel(lm, data.dataset, { otherPairs: 50, contextPrompts: 20 });
    expect(figures.facts).toBe(data.dataset.facts.length);
    expect(figures.relations).toBe(config.data.relations.length);
    expect(figures.pairs).toBeGreaterThan(10 * figures.facts);
    expect(figures.steering.otherPairs).toBe(50);
    expect(figures.steering.keptOutPairs).toBeGreaterThan(0);
    expect(figures.wholeObject).toBeLessThanOrEqual(figures.firstToken!);
  });
});
