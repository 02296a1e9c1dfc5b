import { fillPrompt, type EditRequest, type PromptDistribution } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createLinearLM } from '../test/linear-lm.js';
import { ftL } from './ft-l.js';
import { ftLPresetFor, ftLPresets, ftLSettings } from './ft-l-settings.js';

const lm = createLinearLM();
const request: EditRequest = {
  subject: 'France',
  prompt: 'The capital of {} is',
  targetTrue: 'Paris',
  targetNew: 'Rome',
};
const prompts: PromptDistribution = {
  request,
  prompts: [fillPrompt(request.prompt, request.subject)],
  positives: [],
  negatives: [],
  source: { kind: 'test' },
  dropped: {},
};
const context = { lm, prompts, seed: 1 };
const dense = ({ deltas: [delta] }: Awaited<ReturnType<ReturnType<typeof ftL>['learn']>>): Float32Array => {
  if (delta === undefined || !('dense' in delta)) throw new Error('expected a dense change');
  return Float32Array.from(delta.dense.data);
};
const largest = (values: Float32Array): number => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

describe('ftL', () => {
  it.each([0.1, 0.03, 1e-3, 1 / 3])(
    'never changes an entry by more than %d, and reaches it',
    async (epsilon) => {
      const edit = await ftL({ epsilon, learningRate: epsilon / 2, stopBelow: 0 }).learn(request, context);
      const most = largest(dense(edit));
      expect(most).toBeLessThanOrEqual(epsilon);
      // One step of float32 below a bound that float32 does not have.
      expect(most / epsilon).toBeGreaterThan(1 - 2 ** -22);
    },
  );

  it('lowers the loss, the more the wider the bound', async () => {
    const reached: number[] = [];
    for (const epsilon of [0.003, 0.03, 0.3]) {
      const edit = await ftL({ epsilon, learningRate: epsilon / 5 }).learn(request, context);
      const { nll, nllBefore } = edit.provenance.settings as { nll: number; nllBefore: number };
      expect(nll).toBeLessThan(nllBefore);
      reached.push(nll);
    }
    expect(reached).toEqual([...reached].sort((a, b) => b - a));
  });

  it('stops once the loss is low enough', async () => {
    const { provenance } = await ftL({ epsilon: 1, learningRate: 0.05 }).learn(request, context);
    const { taken, nll } = provenance.settings as { taken: number; nll: number };
    expect(nll).toBeLessThan(1e-2);
    expect(taken).toBeLessThan(25);
    const once = await ftL({ steps: 1, stopBelow: 0 }).learn(request, context);
    expect(once.provenance.settings).toMatchObject({ taken: 1 });
  });

  it('takes a first step of the learning rate along the signs of the gradient', async () => {
    const edit = await ftL({ steps: 1, learningRate: 1e-3, epsilon: 1 }).learn(request, context);
    const moved = dense(edit).filter((x) => x !== 0);
    expect(moved.length).toBeGreaterThan(0);
    // Adam's own ε of 1e-8 takes a little off where the gradient is small.
    for (const x of moved) expect(Math.abs(Math.abs(x) / 1e-3 - 1)).toBeLessThan(1e-3);
  });

  it('names a key at which other changes would disturb it', async () => {
    const { keys } = await ftL({ epsilon: 0.1, learningRate: 0.05 }).learn(request, context);
    const tokens = lm.encode(prompts.prompts[0]!);
    const all = tokens.map((_, position) => [...lm.keyOf(tokens, position)]);
    expect(keys).toHaveLength(1);
    expect(all).toContainEqual([...keys![0]!.key]);
  });

  it('wants a model with gradients, and options in range', async () => {
    const { gradients: _, ...without } = lm;
    await expectCode(() => ftL().learn(request, { ...context, lm: without }), 'unsupported');
    await expectCode(() => ftL({ epsilon: 0 }), 'invalid-option');
    await expectCode(() => ftL({ steps: 0 }), 'invalid-option');
    await expectCode(() => ftL({ epsilons: 1 } as object), 'invalid-option');
  });
});

describe('ftLSettings', () => {
  it('has the published values where none is given', () => {
    expect(ftLSettings({})).toEqual({
      ...{ layer: 0, steps: 25, learningRate: 5e-4, epsilon: 5e-4, stopBelow: 1e-2 },
    });
    expect(ftLPresets['gpt-j-6b'].epsilon).toBe(5e-5);
  });

  it('knows the published models by their size', () => {
    expect(ftLPresetFor({ family: 'gpt2', layers: 48, hiddenSize: 1600 })).toBe(ftLPresets['gpt2-xl']);
    expect(ftLPresetFor({ family: 'gptj', layers: 28, hiddenSize: 4096 })).toBe(ftLPresets['gpt-j-6b']);
    expect(ftLPresetFor({ family: 'llama', layers: 28, hiddenSize: 4096 })).toBeUndefined();
    expect(ftLPresetFor({ family: 'llama', layers: 6, hiddenSize: 192 })).toBeUndefined();
  });
});
