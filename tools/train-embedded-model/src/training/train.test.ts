import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decoderWeights } from '@sakejs/onnx';
import { readSafetensors } from '@sakejs/spec';
import { prepareTrainingData, type TrainingData } from '../corpus/training-data.js';
import { tinyConfig as config } from '../../test/tiny-config.js';
import { modelConfig } from './model-config.js';
import { createParameterSet } from './parameters.js';
import { defaultPlan, type CorpusPlan } from '../corpus/document-kinds.js';
import { runStart, train, type TrainOptions } from './train.js';
import type { Stage } from './training-config.js';

let folder: string;
let data: TrainingData;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sake-train-'));
  data = prepareTrainingData(config);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (name: string, options: Partial<TrainOptions> = {}): ReturnType<typeof train> =>
  train({ config, data, directory: join(folder, name), threads: 1, ...options });

describe('train', () => {
  it('lowers the loss well below that of guessing by frequency', async () => {
    const losses: number[] = [];
    await run('learns', { onStep: ({ loss }) => losses.push(loss) });
    expect(losses[0]).toBeCloseTo(Math.log(640), 0);
    expect(losses.at(-1)).toBeLessThan(0.75 * losses[0]!);
  });

  it('warms up, then cools along the cosine to the floor of the last step', async () => {
    const stage = { ...config.stages[0]!, steps: 12 };
    const rates: number[] = [];
    await run('rates', {
      config: { ...config, stages: [stage] },
      onStep: ({ learningRate }) => rates.push(learningRate),
    });
    const { peakLearningRate: peak, warmupSteps, floor } = stage;
    expect(rates.slice(0, warmupSteps)).toEqual([1, 2, 3, 4, 5].map((step) => (peak * step) / 5));
    expect(rates[warmupSteps]).toBe(peak);
    expect(rates.slice(warmupSteps)).toEqual(rates.slice(warmupSteps).toSorted((a, b) => b - a));
    expect(rates.at(-1)).toBeGreaterThan(peak * floor);
    expect(rates.at(-1)).toBeLessThan(peak * (floor + 0.06));
  });

  it("reads a stage's own shares of documents and lengths of long ones", async () => {
    const ordinary = Object.fromEntries(
      Object.keys(defaultPlan).map((name) => [name, name === 'ordinary' ? 1 : 0]),
    ) as CorpusPlan;
    const long = { lossRows: 90, longEvery: 1, longLength: 128, longBatch: 2 };
    const optimisation = { ...config.optimisation, ...long };
    const [stage] = config.stages;
    const counts = async (name: string, own: Partial<Stage>): Promise<number> => {
      const changed = { ...config, optimisation, stages: [{ ...stage!, ...own }] };
      return (await run(name, { config: changed, untilStep: 3 })).state.nextLongDocument;
    };
    const usual = await counts('usual', {});
    expect(await counts('short fronts', { longFront: 1 })).toBeGreaterThan(usual);
    expect(await counts('ordinary', { longFront: 1, plan: ordinary })).not.toBe(
      await counts('short fronts again', { longFront: 1 }),
    );
  });

  it('clips the gradient to its norm', async () => {
    const clipNorm = 1e-3;
    let norm = 0;
    await run('clipped', {
      config: { ...config, optimisation: { ...config.optimisation, clipNorm } },
      untilStep: 1,
      onStep: ({ gradientNorm }) => (norm = gradientNorm),
    });
    expect(norm).toBeGreaterThan(10 * clipNorm);
    const { tensors } = readSafetensors(readFileSync(join(folder, 'clipped', 'checkpoint.safetensors')));
    // After one step the first moments are (1 - beta1) times the clipped gradient, in float32.
    const moments = Math.hypot(...(tensors['m']!.data as Float32Array));
    expect(moments / ((1 - config.optimisation.beta1) * clipNorm)).toBeCloseTo(1, 5);
  });

  it('resumes bitwise where it was interrupted', async () => {
    const whole = await run('whole', { untilStep: 8 });
    await run('parts', { untilStep: 3 });
    const controller = new AbortController();
    await expect(
      run('parts', {
        signal: controller.signal,
        onStep: ({ step }) => {
          if (step === 6) controller.abort();
        },
      }),
    ).rejects.toMatchObject({ code: 'aborted' });
    const parts = await run('parts', { untilStep: 8 });
    expect(parts.state.step).toBe(8);
    expect(parts.state.nextDocument).toBe(whole.state.nextDocument);
    expect(parts.state.loss).toBe(whole.state.loss);
    expect(Buffer.from(parts.parameters.flat.buffer).equals(Buffer.from(whole.parameters.flat.buffer))).toBe(
      true,
    );
  });

  it('goes on when it was interrupted before its first step', async () => {
    await expect(run('early', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
    const { state } = await run('early', { untilStep: 1 });
    expect(state.step).toBe(1);
    expect(state.loss).toBeGreaterThan(0);
  });

  it('begins a stage with given weights and counters, fresh moments and the first rate of its warm-up', async () => {
    const [stage] = config.stages as [(typeof config.stages)[number]];
    const weights = createParameterSet(decoderWeights(modelConfig(config))).flat.fill(0.1);
    const begun = await run('begun', {
      config: { ...config, stages: [...config.stages, stage] },
      start: { ...runStart, stage: 2, nextDocument: 40, weights },
      untilStep: 1,
    });
    expect(begun.state).toMatchObject({ stage: 2, step: 1, nextLongDocument: 0 });
    expect(begun.state.nextDocument).toBeGreaterThan(40);
    const moved = begun.parameters.flat.reduce((most, value) => Math.max(most, Math.abs(value - 0.1)), 0);
    // At step 1 AdamW moves by the rate, whatever the gradient; the decay adds half a per cent of that at most.
    expect(moved).toBeCloseTo(stage.peakLearningRate / stage.warmupSteps, 4);
  });

  it('takes every third step from the long documents, with as many loss rows, and resumes bitwise', async () => {
    const long = { lossRows: 90, longEvery: 3, longLength: 128, longBatch: 2 };
    const changed = { config: { ...config, optimisation: { ...config.optimisation, ...long } } };
    const seen: [number, number][] = [];
    const whole = await run('long', {
      ...changed,
      untilStep: 7,
      onStep: ({ nextDocument, nextLongDocument }) => seen.push([nextDocument, nextLongDocument]),
    });
    const moves = seen.map(([short, far], i) => {
      const [before, beforeLong] = seen[i - 1] ?? [0, 0];
      return `${short > before ? 'short' : ''}${far > beforeLong ? 'long' : ''}`;
    });
    expect(moves).toEqual(['short', 'short', 'long', 'short', 'short', 'long', 'short']);
    await run('long parts', { ...changed, untilStep: 3 });
    const parts = await run('long parts', { ...changed, untilStep: 7 });
    expect(parts.state).toEqual({ ...whole.state, seconds: parts.state.seconds });
    expect(Buffer.from(parts.parameters.flat.buffer).equals(Buffer.from(whole.parameters.flat.buffer))).toBe(
      true,
    );
  });

  it('learns from a quarter of the rows too', async () => {
    const optimisation = { ...config.optimisation, lossRows: 96 };
    let last = 0;
    await run('rows', { config: { ...config, optimisation }, onStep: ({ loss }) => (last = loss) });
    expect(last).toBeLessThan(0.75 * Math.log(640));
  });

  it('refuses a checkpoint of another configuration, but not for a later stage that it has', async () => {
    await run('other', { untilStep: 1 });
    await expect(run('other', { config: { ...config, seed: 6 } })).rejects.toThrow(/another/);
    await expect(run('other', { config: { ...config, seed: 6 }, start: runStart })).rejects.toThrow(
      /another/,
    );
    const stages = [...config.stages, { ...config.stages[0]!, steps: 7 }];
    await expect(run('other', { config: { ...config, stages }, untilStep: 2 })).resolves.toMatchObject({
      state: { stage: 1, step: 2 },
    });
  });

  it('stops at the first gradient that is not finite and keeps the checkpoint before it', async () => {
    const stages = [{ ...config.stages[0]!, peakLearningRate: 1e30 }];
    const file = join(folder, 'diverges', 'checkpoint.safetensors');
    const diverging = { config: { ...config, stages } };
    await run('diverges', { ...diverging, untilStep: 1 });
    const before = readFileSync(file);
    await expect(run('diverges', { ...diverging, checkpointSeconds: 0 })).rejects.toMatchObject({
      code: 'numerical',
      message: expect.stringContaining('finite gradient at step 2'),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('names a checkpoint that is cut off', async () => {
    await run('cut', { untilStep: 1 });
    const file = join(folder, 'cut', 'checkpoint.safetensors');
    writeFileSync(file, readFileSync(file).subarray(0, 5000));
    await expect(run('cut')).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(file),
    });
  });
});
