import { createRandom, matrix, type LossTerm } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createLinearLM } from '../test/linear-lm.js';
import { mlpWeightLoss } from './mlp-weight-loss.js';

const lm = createLinearLM();
const target = (position: number, token: number, weight = 1): LossTerm => {
  return { kind: 'target', position, token, weight };
};
const sequences = [
  { tokens: [3, 8, 1], terms: [target(1, 5), target(2, 9, 0.5)] },
  {
    tokens: [7, 2],
    terms: [{ kind: 'divergence', position: 1, weight: 2, from: 'changed' } satisfies LossTerm],
  },
];
const random = createRandom('change');
const SIZE = lm.weight.rows * lm.weight.cols;
const change = Float64Array.from({ length: SIZE }, () => 0.1 * random.normal());
const shaped = (data: Float64Array) => matrix(lm.weight.rows, lm.weight.cols, data);

describe('mlpWeightLoss', () => {
  it('gives the gradient by every entry of the weight', async () => {
    const loss = await mlpWeightLoss(lm, sequences, { layer: 0 });
    const { gradient } = await loss.evaluate(shaped(change));
    expect([gradient.rows, gradient.cols]).toEqual([lm.weight.rows, lm.weight.cols]);
    const at = async (entry: number, shift: number): Promise<number> =>
      (await loss.evaluate(shaped(change.with(entry, change[entry]! + shift)))).loss;
    const h = 1e-2;
    for (const entry of [0, 17, 60, 101, SIZE - 1]) {
      const near = (await at(entry, h)) - (await at(entry, -h));
      const far = (await at(entry, 2 * h)) - (await at(entry, -2 * h));
      // What is added goes through float32: 1e-7 over a step of 0.01
      expect(Math.abs(gradient.data[entry]! - (8 * near - far) / (12 * h))).toBeLessThan(5e-5);
    }
  });

  it('is the plain loss without a change', async () => {
    const loss = await mlpWeightLoss(lm, sequences, { layer: 0 });
    const { terms } = await loss.evaluate(shaped(new Float64Array(SIZE)));
    expect(terms).toHaveLength(3);
    expect(terms[2]).toBeCloseTo(0, 12);
  });

  it('goes down along its gradient', async () => {
    const loss = await mlpWeightLoss(lm, sequences, { layer: 0 });
    const at = new Float64Array(SIZE);
    const losses: number[] = [];
    for (let step = 0; step < 30; step++) {
      const { loss: value, gradient } = await loss.evaluate(shaped(at));
      losses.push(value);
      gradient.data.forEach((g, i) => (at[i]! -= 0.05 * g));
    }
    expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
  });

  it('refuses a change of another shape', async () => {
    const loss = await mlpWeightLoss(lm, sequences, { layer: 0 });
    await expectCode(() => loss.evaluate(matrix(1, 2, new Float64Array(2))), 'shape-mismatch');
  });
});
