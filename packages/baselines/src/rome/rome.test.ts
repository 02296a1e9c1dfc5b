import { fillPrompt, type EditRequest, type PromptDistribution } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createLinearLM } from '../../test/linear-lm.js';
import { collectKeyMoments } from './key-moments.js';
import { rome } from './rome.js';

const lm = createLinearLM();
const texts = Array.from({ length: 60 }, (_, i) => `w${i % 50} w${(i * 7) % 50} w${(i * 13) % 50}`);
const moments = await collectKeyMoments(lm, texts, { layer: 1 });
const request: EditRequest = { subject: 'w3', prompt: '{} lies by the', targetTrue: 'w5', targetNew: 'w9' };
const prompts: PromptDistribution = {
  request,
  prompts: [fillPrompt(request.prompt, request.subject)],
  ...{ positives: [], negatives: [], source: { kind: 'test' }, dropped: {} },
};
/** This model writes no texts. */
const options = { layer: 1, prefixes: [], ridge: 1e-3, steps: 5 };

describe('rome', () => {
  it('gives the change of one weight, the key that it is for, and what it was learned with', async () => {
    const edit = await rome({ ...options, moments }).learn(request, { lm, prompts, seed: 3 });
    expect(edit).toMatchObject({ kind: 'weight-delta', request });
    expect(edit.deltas).toHaveLength(1);
    expect(edit.deltas[0]).toMatchObject({ layer: 1, u: { rows: 12, cols: 1 }, v: { rows: 1, cols: 16 } });
    expect(edit.keys).toEqual([{ layer: 1, key: lm.keyOf(lm.encode('w3 lies by the'), 0) }]);
    expect(edit.provenance).toMatchObject({
      ...{ method: 'rome', seed: 3, rows: { source: 1, target: 0, obeying: 0 } },
      settings: { layer: 1, steps: 5, taken: 5, learningRate: 0.5, ridge: 1e-3, exactAt: 'prompt' },
    });
  });

  it('asks for moments once a model', async () => {
    let asked = 0;
    const method = rome({
      ...options,
      moments: (model, layer, signal) => {
        asked++;
        return collectKeyMoments(model, texts, { layer, ...(signal && { signal }) });
      },
    });
    const [one, two] = [
      await method.learn(request, { lm, prompts }),
      await method.learn(request, { lm, prompts }),
    ];
    expect(asked).toBe(1);
    expect(two.deltas).toEqual(one.deltas);
  });

  it('asks again for moments that could not be had', async () => {
    let asked = 0;
    const method = rome({
      ...options,
      moments: (model, layer) => collectKeyMoments(model, asked++ === 0 ? [''] : texts, { layer }),
    });
    await expectCode(() => method.learn(request, { lm, prompts }), 'not-enough-data');
    expect((await method.learn(request, { lm, prompts })).kind).toBe('weight-delta');
  });

  it('refuses moments of another block and settings out of range', async () => {
    await expectCode(() => rome({ ...options, layer: 0, moments }), 'invalid-option');
    await expectCode(() => rome({ ...options, steps: 0, moments }), 'invalid-option');
    await expectCode(() => rome({ ...options, moments, ...{ lr: 1 } }), 'invalid-option');
  });

  it('refuses models without access to their blocks, and stops when its signal fires', async () => {
    const { layers: _, ...without } = lm;
    await expectCode(
      () => rome({ ...options, moments }).learn(request, { lm: without, prompts }),
      'unsupported',
    );
    const signal = AbortSignal.abort();
    await expectCode(() => rome({ ...options, moments }).learn(request, { lm, prompts, signal }), 'aborted');
  });
});
