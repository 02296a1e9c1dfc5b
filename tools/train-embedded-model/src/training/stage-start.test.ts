import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decoderWeights } from '@sakejs/onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyConfig } from '../../test/tiny-config.js';
import { prepareTrainingData, type TrainingData } from '../corpus/training-data.js';
import { exportModel } from '../export/export-model.js';
import { modelConfig } from './model-config.js';
import { createParameterSet, initialiseParameters, type ParameterSet } from './parameters.js';
import { stageStart } from './stage-start.js';
import { runStart, type StageStart } from './train.js';

const [stage] = tinyConfig.stages as [(typeof tinyConfig.stages)[number]];
const config = { ...tinyConfig, stages: [stage, stage, stage] };
const counters = { nextDocument: 11, nextLongDocument: 3, tokens: 500, seconds: 2, loss: 1.5 };

let folder: string;
let data: TrainingData;
let parameters: ParameterSet;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sake-stage-start-'));
  data = prepareTrainingData(config);
  parameters = createParameterSet(decoderWeights(modelConfig(config)));
  initialiseParameters(parameters, { seed: 1, layers: config.model.layers, deviation: 0.02 });
  const state = { stage: 1, step: stage.steps, ...counters, fingerprint: '' };
  exportModel(folder, { config, data, parameters, state });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (at: number, changes: object = {}): StageStart =>
  stageStart({ config: { ...config, ...changes }, data, stage: at, folder: join(folder, 'model') });

describe('stageStart', () => {
  it('begins the first stage with nothing, whatever is exported', () => {
    expect(start(1)).toBe(runStart);
  });

  it('begins another with the exported weights and the counters of the stage before', () => {
    const { weights, ...rest } = start(2);
    expect(rest).toEqual({ stage: 2, ...counters });
    const error = weights!.reduce((most, w, i) => Math.max(most, Math.abs(w - parameters.flat[i]!)), 0);
    // Weights below 1/8 in magnitude, and norm scales of 1, are within 2^-15 in float16.
    expect(error).toBeLessThanOrEqual(2 ** -15);
    expect(error).toBeGreaterThan(0);
  });

  it('refuses a model of another stage, of another configuration, and none', () => {
    expect(() => start(3)).toThrow(/the model at the end of stage 2, got one at step 150 of 150 in stage 1/);
    expect(() => start(2, { seed: 6 })).toThrow(/got one of another/);
    expect(() => stageStart({ config, data, stage: 2, folder: join(folder, 'none') })).toThrow(
      /expected the model of stage 1 in .*, got none/,
    );
  });
});
