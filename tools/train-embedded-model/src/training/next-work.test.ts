import { describe, expect, it } from 'vitest';
import { tinyConfig } from '../../test/tiny-config.js';
import type { TrainingRecord } from '../export/training-record.js';
import type { TrainingState } from './checkpoint.js';
import { nextWork } from './next-work.js';

const [stage] = tinyConfig.stages as [(typeof tinyConfig.stages)[number]];
const config = { ...tinyConfig, stages: [stage, { ...stage, steps: 20 }, stage] };
const origin = { config, data: 'data' };
const counters = { nextDocument: 9, nextLongDocument: 0, tokens: 9, seconds: 1, loss: 1 };
const checkpoint = (at: number, step: number): TrainingState => ({
  stage: at,
  step,
  ...counters,
  fingerprint: '',
});
const model = (at: number, step: number, trained = config): TrainingRecord => ({
  config: trained,
  data: 'data',
  weights: '',
  stage: at,
  stages: 3,
  step,
  ...counters,
});

describe('nextWork', () => {
  it.each([
    ['nothing', {}, 'begin', 1],
    ['a checkpoint alone', { checkpoint: checkpoint(2, 5) }, 'continue', 2],
    ['a model alone', { model: model(1, 150) }, 'begin', 2],
    ['a checkpoint at the end, not exported', { checkpoint: checkpoint(1, 150) }, 'continue', 1],
    [
      'the same, over the stage before',
      { checkpoint: checkpoint(2, 20), model: model(1, 150) },
      'continue',
      2,
    ],
    ['a checkpoint that is exported', { checkpoint: checkpoint(2, 20), model: model(2, 20) }, 'begin', 3],
    ['a checkpoint behind the model', { checkpoint: checkpoint(1, 70), model: model(2, 20) }, 'begin', 3],
    [
      'its checkpoint exported on the way',
      { checkpoint: checkpoint(2, 7), model: model(2, 5) },
      'continue',
      2,
    ],
    ['the last stage', { checkpoint: checkpoint(3, 150), model: model(3, 150) }, 'done', 3],
  ] as const)('given %s: %#', (_, found, kind, next) => {
    expect(nextWork({ ...origin, ...found })).toEqual({ kind, stage: next });
  });

  it('takes a model whose later stages were other ones', () => {
    const shorter = { ...config, stages: config.stages.slice(0, 2) };
    expect(nextWork({ ...origin, model: model(2, 20, shorter) })).toEqual({ kind: 'begin', stage: 3 });
    const faster = { ...config, stages: [{ ...stage, peakLearningRate: 1 }, ...config.stages.slice(1)] };
    expect(() => nextWork({ ...origin, model: model(2, 20, faster) })).toThrow(/got one of another/);
  });

  it('refuses a model within a stage that no checkpoint continues', () => {
    expect(() => nextWork({ ...origin, model: model(2, 5), checkpoint: checkpoint(1, 150) })).toThrow(
      /got one at step 5 of 20 in stage 2/,
    );
  });
});
