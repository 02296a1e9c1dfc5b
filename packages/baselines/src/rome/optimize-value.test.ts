import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createLinearLM } from '../../test/linear-lm.js';
import { optimizeValue, type OptimizeValueInput } from './optimize-value.js';
import { romePresets, romeSettings } from './rome-settings.js';
import { subjectContexts } from './subject-context.js';

const lm = createLinearLM();
const contexts = subjectContexts(lm, { prompt: '{} lies by the', subject: 'Porto' }, ['', 'well it rained']);
const essences = subjectContexts(lm, { prompt: '{} is a', subject: 'Porto' }, ['']);
const target = lm.encode('green sea');
/** This model cannot say two things after one subject. */
const oneToken = lm.encode('green');
const value = Float64Array.from({ length: 12 }, (_, i) => Math.cos(i));
const norm = Math.hypot(...value);

const optimize = (
  settings: Partial<OptimizeValueInput['settings']> = {},
  input: Partial<OptimizeValueInput> = {},
): ReturnType<typeof optimizeValue> =>
  optimizeValue(lm, {
    ...{ rewrites: contexts, essences, target, value },
    settings: romeSettings({ layer: 0, ...settings }),
    ...input,
  });

describe('optimizeValue', () => {
  it('makes the target probable in every context', async () => {
    const settings = { steps: 100, clampNormFactor: 10, weightDecay: 0 };
    const { steps, delta } = await optimize(settings, { target: oneToken });
    expect(steps[0]!.nll).toBeGreaterThan(2);
    expect(steps.at(-1)!.nll).toBeLessThan(0.1);
    expect(delta.some((x) => x !== 0)).toBe(true);
  });

  it('starts from the plain model', async () => {
    const { steps, delta } = await optimize({ steps: 1 });
    expect(steps).toHaveLength(1);
    expect(steps[0]!.kl).toBeCloseTo(0, 12);
    expect(steps[0]!.decay).toBe(0);
    expect([...delta]).toEqual(Array<number>(12).fill(0));
  });

  it('sums its parts into the loss', async () => {
    const { steps } = await optimize({ steps: 5 });
    for (const { loss, nll, kl, decay } of steps)
      expect(loss).toBeCloseTo(nll + 0.0625 * kl + 0.5 * decay, 10);
  });

  it('reports the loss of the value that it gives', async () => {
    const { steps, delta } = await optimize({ steps: 6 });
    expect(steps).toHaveLength(6);
    expect(Math.hypot(...delta) / norm ** 2).toBeCloseTo(steps.at(-1)!.decay, 12);
  });

  it('holds the change to a multiple of the value', async () => {
    const { delta } = await optimize({ steps: 30, clampNormFactor: 0.4 });
    expect(Math.hypot(...delta)).toBeCloseTo(0.4 * norm, 10);
  });

  it('keeps the essence, the more the larger its factor', async () => {
    const settings = { steps: 60, clampNormFactor: 10, stopBelow: 0 };
    const kl = async (klFactor: number): Promise<number> =>
      (await optimize({ ...settings, klFactor })).steps.at(-1)!.kl;
    expect(await kl(1)).toBeLessThan(0.5 * (await kl(0)));
  });

  it("reads the essence behind its prompt, or at the subject as the authors' code does", async () => {
    const settings = { steps: 8, klFactor: 4, clampNormFactor: 10, stopBelow: 0 };
    const atSubject = await optimize({ ...settings, essenceAt: 'subject' });
    const cut = essences.map(({ tokens, subject }) => ({ tokens: tokens.slice(0, subject + 1), subject }));
    expect(atSubject.delta).toEqual((await optimize(settings, { essences: cut })).delta);
    expect(atSubject.delta).not.toEqual((await optimize(settings)).delta);
  });

  it('stays smaller, the more weight decay counts', async () => {
    const size = async (weightDecay: number): Promise<number> =>
      Math.hypot(...(await optimize({ steps: 60, clampNormFactor: 10, weightDecay })).delta);
    expect(await size(20)).toBeLessThan(0.8 * (await size(0)));
  });

  it('stops when the loss is low enough', async () => {
    const settings = { steps: 200, clampNormFactor: 10, weightDecay: 0, klFactor: 0 };
    const { steps } = await optimize({ ...settings, stopBelow: 0.5 }, { target: oneToken });
    expect(steps.at(-1)!.loss).toBeLessThan(0.5);
    expect(steps.slice(0, -1).every(({ loss }) => loss >= 0.5)).toBe(true);
    expect(steps.length).toBeLessThan(200);
  });

  it('refuses nothing to optimise, and a model without gradients', async () => {
    await expectCode(() => optimize({}, { rewrites: [] }), 'invalid-input');
    await expectCode(() => optimize({}, { target: [] }), 'invalid-input');
    await expectCode(() => optimize({}, { value: [1] }), 'invalid-input');
    await expectCode(() => optimize({}, { value: new Float64Array(12) }), 'invalid-input');
    await expectCode(() => optimize({}, { signal: AbortSignal.abort() }), 'aborted');
    const { gradients: _, ...without } = lm;
    const input = { rewrites: contexts, essences, target, value, settings: romePresets['gpt2-xl'] };
    const error = await expectCode(() => optimizeValue(without, input), 'unsupported');
    expect(error.message).toContain('offers no `gradients`');
  });
});

describe('romeSettings', () => {
  it('has the published values', () => {
    const both = {
      steps: 20,
      learningRate: 0.5,
      weightDecay: 0.5,
      klFactor: 0.0625,
      clampNormFactor: 4,
      stopBelow: 0.05,
      prefixes: [
        { tokens: 5, count: 10 },
        { tokens: 10, count: 10 },
      ],
      essencePrompt: '{} is a',
      essenceAt: 'subject',
    };
    expect(romePresets).toEqual({ 'gpt2-xl': { layer: 17, ...both }, 'gpt-j-6b': { layer: 5, ...both } });
  });

  it.each([
    { layer: -1 },
    { layer: 0, steps: 0 },
    { layer: 0, learningRate: 0 },
    { layer: 0, weightDecay: -1 },
    { layer: 0, klFactor: Number.NaN },
    { layer: 0, clampNormFactor: 0 },
    { layer: 0, essencePrompt: 'it is a' },
    { layer: 0, essenceAt: 'end' as 'prompt' },
    { layer: 0, prefixes: [{ tokens: 0, count: 1 }] },
  ])('refuses %o', async (given) => {
    await expectCode(() => romeSettings(given), 'invalid-option');
  });
});
