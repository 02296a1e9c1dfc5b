import { decoderWeights } from '@sakejs/onnx';
import { createRandom } from '@sakejs/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyConfig } from '../../test/tiny-config.js';
import type { LossRows } from '../corpus/choose-loss-rows.js';
import type { PackedBatch } from '../corpus/pack-batch.js';
import { modelConfig } from './model-config.js';
import { createParameterSet, initialiseParameters } from './parameters.js';
import { createTrainingStep, type TrainingStep } from './training-step.js';

const config = modelConfig({
  ...tinyConfig,
  model: { ...tinyConfig.model, vocabularySize: 40, kvHeads: 1 },
});
const [batch, length] = [2, 12];
const random = createRandom('training step');
const specs = decoderWeights(config);
const names = specs.map(({ name }) => name);
const parameters = createParameterSet(specs);
let step: TrainingStep;
let packed: PackedBatch;
let gradients: Float32Array<ArrayBuffer>;

const STEP = 0.01;
/** Losses near 4 are good to 5e-7 in float32, so slopes to 4e-5; the formula's own error is at most 7e-5. */
const TOLERANCE = 2e-4;

/** Random tokens below 30: a document of 12 tokens; two documents of 5 and 4, then padding. */
function twoRows(): PackedBatch {
  const places = batch * length;
  const documents = [12, 5, 4, 3].flatMap((size, id) =>
    Array.from({ length: size }, (_, position) => ({ position, segment: [0, 0, 1, -1][id]! })),
  );
  const counts = documents.filter(({ segment }) => segment >= 0).length;
  return {
    tokens: new Int32Array(places).map(() => random.integer(30)),
    targets: new Int32Array(places).map(() => random.integer(30)),
    lossWeights: Float32Array.from(documents, ({ segment }) => Number(segment >= 0) / counts),
    isAnswer: new Uint8Array(places),
    positions: Int32Array.from(documents, ({ position }) => position),
    segmentIds: Int32Array.from(documents, ({ segment }) => segment),
    nextDocument: 3,
    tokenCount: counts,
    truncated: 0,
  };
}

/** Slope of the loss along a unit direction within one weight, by the five-point formula. */
async function slope(name: string, direction: Float32Array): Promise<number> {
  const view = parameters.view(name);
  const before = view.slice();
  const difference = async (distance: number): Promise<number> => {
    view.set(before.map((value, i) => value + distance * direction[i]!));
    const ahead = await step.run(packed);
    view.set(before.map((value, i) => value - distance * direction[i]!));
    const behind = await step.run(packed);
    view.set(before);
    return ahead - behind;
  };
  return (8 * (await difference(STEP)) - (await difference(2 * STEP))) / (12 * STEP);
}

function unit(values: Float32Array): Float32Array {
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

beforeAll(async () => {
  initialiseParameters(parameters, { seed: 2, layers: config.layers, deviation: 0.2 });
  packed = twoRows();
  step = await createTrainingStep(config, parameters, { batch, length, threads: 1 });
  await step.run(packed);
  gradients = step.gradients.slice();
});
afterAll(() => step[Symbol.asyncDispose]());

describe('createTrainingStep', () => {
  it.each(names)('gives the slope of the loss by %s', async (name) => {
    const gradient = parameters.view(name, gradients);
    const direction = unit(gradient);
    const expected = dot(gradient, direction);
    expect(expected).toBeGreaterThan(20 * TOLERANCE);
    expect(Math.abs((await slope(name, direction)) - expected)).toBeLessThan(TOLERANCE);
  });

  it('adds what inputs, targets and all logits say of an embedding', async () => {
    const name = 'model.embed_tokens.weight';
    const gradient = parameters.view(name, gradients);
    const width = config.hiddenSize;
    const kinds = new Set<string>();
    for (let token = 0; token < config.vocabularySize; token++) {
      kinds.add(`${packed.tokens.includes(token)} ${packed.targets.includes(token)}`);
      const direction = new Float32Array(gradient.length);
      for (let j = 0; j < width; j++) direction[token * width + j] = random.normal();
      const along = unit(direction);
      expect(Math.abs((await slope(name, along)) - dot(gradient, along)), `token ${token}`).toBeLessThan(
        TOLERANCE,
      );
    }
    expect(kinds.size).toBe(4);
  });

  it('keeps documents of a row apart and padding out', async () => {
    const loss = await step.run(packed);
    const changed = (at: number): PackedBatch => {
      const tokens = packed.tokens.slice();
      tokens[at] = (tokens[at]! + 1) % 30;
      return { ...packed, tokens };
    };
    // Only the loss of the second document counts; the first one and the padding change.
    const second = { ...packed, lossWeights: packed.lossWeights.map((w, i) => (i >= 17 && i < 21 ? w : 0)) };
    const alone = await step.run(second);
    for (const at of [0, 12, 16, 21, 23])
      expect(await step.run({ ...changed(at), lossWeights: second.lossWeights })).toBe(alone);
    expect(await step.run({ ...changed(17), lossWeights: second.lossWeights })).not.toBe(alone);
    expect(await step.run(packed)).toBe(loss);
  });
});

describe('createTrainingStep with loss rows', () => {
  const all = Int32Array.from({ length: batch * length }, (_, i) => i);
  const some = Int32Array.of(0, 3, 4, 11, 12, 13, 18, 23);

  /** Loss and gradients of a graph of as many loss rows, as a share of each weight's greatest gradient. */
  async function distance(
    rows: LossRows['rows'],
    weights: Float32Array<ArrayBuffer>,
    whole: PackedBatch,
  ): Promise<number> {
    await using fewer = await createTrainingStep(config, parameters, {
      batch,
      length,
      threads: 1,
      lossRows: rows.length,
    });
    const loss = await step.run(whole);
    const found = await fewer.run(packed, { rows, weights, answersLeftOut: 0 });
    return Math.max(
      Math.abs(found - loss),
      ...names.map((name) => {
        const [a, b] = [parameters.view(name, fewer.gradients), parameters.view(name, step.gradients)];
        return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / Math.max(...b.map(Math.abs));
      }),
    );
  }

  // Sums of the same terms in float32; the order may differ.
  it('agrees with the whole head when all rows are chosen', async () => {
    expect(await distance(all, packed.lossWeights, packed)).toBeLessThan(1e-6);
  });

  it('agrees with the whole head with weight 0 elsewhere when some are', async () => {
    const weights = Float32Array.from(some, (_, i) => (i + 1) / 40);
    const lossWeights = new Float32Array(batch * length);
    some.forEach((row, i) => (lossWeights[row] = weights[i]!));
    expect(await distance(some, weights, { ...packed, lossWeights })).toBeLessThan(1e-6);
  });

  it('writes to gradients that another step has too', async () => {
    const shared = new Float32Array(parameters.flat.length);
    await using other = await createTrainingStep(config, parameters, {
      batch,
      length,
      threads: 1,
      gradients: shared,
    });
    await other.run(packed);
    expect(other.gradients).toBe(shared);
    expect(shared).toEqual(gradients);
  });

  it('refuses another number of rows', async () => {
    const chosen = { rows: some, weights: new Float32Array(some.length), answersLeftOut: 0 };
    await expect(step.run(packed, chosen)).rejects.toThrow(/no chosen loss rows, got 8/);
  });
});
