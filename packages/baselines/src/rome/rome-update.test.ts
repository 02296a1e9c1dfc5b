import { row, type EditRequest } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createLinearLM } from '../../test/linear-lm.js';
import { collectKeyMoments } from './key-moments.js';
import { createKeySolver } from './key-solver.js';
import { romeSettings } from './rome-settings.js';
import { romeUpdate, type RomeUpdate } from './rome-update.js';

const lm = createLinearLM();
const texts = Array.from({ length: 60 }, (_, i) => `w${i % 50} w${(i * 7) % 50} w${(i * 13) % 50}`);
const request: EditRequest = { subject: 'w3', prompt: '{} lies by the', targetTrue: 'w5', targetNew: 'w9' };
const prefixes = ['w1 w2', 'w7 w8 w11'];
const solver = createKeySolver(await collectKeyMoments(lm, texts, { layer: 0 }), { ridge: 1e-3 });
const settings = romeSettings({ layer: 0, steps: 10 });

const values = async (texts: readonly string[], positions: readonly number[]): Promise<number[][]> => {
  const found = await lm.gradients!.mlpOutputs(texts, { layer: 0, positions });
  return texts.map((_, i) => [...row(found, i)]);
};
/** (W + U V) k */
const changed = ({ delta: { u, v } }: RomeUpdate, key: ArrayLike<number>): number[] => {
  const along = Array.from(v.data).reduce((sum, x, i) => sum + x * key[i]!, 0);
  return Array.from(u.data, (x, j) => {
    const plain = Array.from(
      { length: lm.weight.rows },
      (_, i) => key[i]! * lm.weight.data[i * lm.weight.cols + j]!,
    );
    return plain.reduce((sum, y) => sum + y, 0) + x * along;
  });
};
const expectNear = (found: readonly number[], expected: readonly number[]): void =>
  expected.forEach((value, i) => expect(Math.abs(found[i]! - value)).toBeLessThan(1e-4));

describe('romeUpdate', () => {
  it("gives the prompt's key the value v*", async () => {
    const update = await romeUpdate(lm, request, { settings, solver, prefixes });
    expect([update.delta.u.cols, update.delta.v.rows]).toEqual([1, 1]);
    const [plain] = await values(['w3 lies by the'], [0]);
    const key = lm.keyOf(lm.encode('w3 lies by the'), 0);
    expectNear(
      changed(update, key),
      plain!.map((x, i) => x + update.value.delta[i]!),
    );
  });

  it('gives the mean key the value v*, if asked to', async () => {
    const update = await romeUpdate(lm, request, { settings, solver, prefixes, exactAt: 'mean' });
    const [plain] = await values(['w3 lies by the'], [0]);
    expectNear(
      changed(update, update.key),
      plain!.map((x, i) => x + update.value.delta[i]!),
    );
  });

  it("averages keys at the subject's last token over contexts", async () => {
    const { key } = await romeUpdate(lm, request, { settings, solver, prefixes });
    const all = ['w3 lies by the', 'w1 w2. w3 lies by the', 'w7 w8 w11. w3 lies by the'].map((text) => {
      const tokens = lm.encode(text);
      return lm.keyOf(tokens, tokens.indexOf(lm.encode('w3')[0]!));
    });
    key.forEach((value, i) => expect(value).toBeCloseTo(all.reduce((sum, k) => sum + k[i]!, 0) / 3, 6));
  });

  it('changes along C⁻¹ k*', async () => {
    const { delta, key } = await romeUpdate(lm, request, { settings, solver, prefixes });
    const direction = solver.solve(key);
    const length = Math.hypot(...direction);
    delta.v.data.forEach((value, i) =>
      expect(Math.abs(Number(value) - direction[i]! / length)).toBeLessThan(1e-6),
    );
  });

  it('refuses moments of another width and prompts without their subject', async () => {
    const narrow = { ...solver, size: 3 };
    await expectCode(() => romeUpdate(lm, request, { settings, solver: narrow, prefixes }), 'shape-mismatch');
    const nowhere = { ...request, prompt: 'it lies by' };
    await expectCode(() => romeUpdate(lm, nowhere, { settings, solver, prefixes }), 'invalid-request');
  });
});
