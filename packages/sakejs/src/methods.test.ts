import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { loadModel } from './load-model.js';
import { builtInMappers } from './mappers.js';
import { createMethod, methodNames } from './methods.js';
import { loadPromptSource } from './prompt-source.js';
import { writeTinyModel } from './testing/tiny-model.js';
import { temporaryFolder } from '../test/temporary-folder.js';

describe('createMethod', () => {
  it('offers every method of the tables', async () => {
    await using lm = await loadModel(await writeTinyModel(temporaryFolder()));
    const mapped = ['sake', 'sake-paper', 'sake-paper-implications', 'uniform', 'uniform-paper', 'actadd'];
    expect(methodNames).toEqual([
      ...mapped,
      'actadd-original',
      'ft',
      'grace',
      'icl',
      'ike',
      'imagine',
      'rome',
      'memit',
      'compmemit',
      'serac',
    ]);
    for (const name of methodNames) expect(createMethod(name, lm.info).name).toBe(name);
  });

  it('names what there is for another name', async () => {
    await using lm = await loadModel(await writeTinyModel(temporaryFolder()));
    for (const name of ['romulus', 'constructor']) {
      const error = await expectCode(async () => createMethod(name, lm.info), 'unknown-kind');
      expect(error.message).toMatch(
        /expected one of sake, sake-paper, sake-paper-implications, uniform, uniform-paper/,
      );
    }
  });
  it('refuses a part that a method does not have', async () => {
    await using lm = await loadModel(await writeTinyModel(temporaryFolder()));
    const mapper = builtInMappers['mean-shift']!();
    const error = await expectCode(async () => createMethod('icl', lm.info, { mapper }), 'invalid-option');
    expect(error.message).toMatch(/no mapper for 'icl'/);
    for (const name of ['sake', 'icl', 'rome'])
      await expectCode(async () => createMethod(name, lm.info, { counterfactual: lm }), 'invalid-option');
    expect(createMethod('serac', lm.info, { counterfactual: lm, training: [] }).name).toBe('serac');
  });

  it('gives a method the settings asked for beside its own', async () => {
    await using lm = await loadModel(await writeTinyModel(temporaryFolder()));
    const settings: Record<string, Readonly<Record<string, unknown>>> = {
      'actadd-original': { layer: 1, coefficient: 2 },
      ft: { layer: 1 },
      grace: { radius: 3 },
      icl: { wording: 'Mind that {statement}. ' },
      ike: { demonstrations: 4 },
      rome: { layer: 1, steps: 3 },
      memit: { layers: [1], steps: 3 },
      compmemit: { layers: [0, 1] },
      serac: { wording: 'Mind that {statement}. ' },
    };
    for (const [name, own] of Object.entries(settings)) {
      expect(createMethod(name, lm.info, { settings: own }).name).toBe(name);
      const error = await expectCode(
        async () => createMethod(name, lm.info, { settings: { ...own, learningRates: 1 } }),
        'invalid-option',
      );
      expect(error.message).toContain('learningRates');
    }
    for (const part of [{ moments: 'wiki.txt' }, { name: 'sake' }, { scope: 1 }, { memories: {} }])
      await expectCode(async () => createMethod('memit', lm.info, { settings: part }), 'invalid-option');
    for (const wrong of [{ layer: 'three' }, { layer: 2 }, { layer: -1 }])
      await expectCode(async () => createMethod('rome', lm.info, { settings: wrong }), 'invalid-option');
    await expectCode(
      async () => createMethod('memit', lm.info, { settings: { layers: [0, 2] } }),
      'invalid-option',
    );
    for (const name of ['sake', 'uniform', 'imagine'])
      await expectCode(async () => createMethod(name, lm.info, { settings: { ridge: 1 } }), 'invalid-option');
  });

  it('edits with them: the block of a changed weight', async () => {
    await using lm = await loadModel(await writeTinyModel(temporaryFolder()));
    const request = { subject: 'Vesk', prompt: 'The capital of {} is', targetTrue: 'Mora', targetNew: 'Dul' };
    const prompts = await loadPromptSource().generate(request, { count: 4, seed: 1 });
    const method = createMethod('rome', lm.info, {
      settings: { layer: 1, steps: 2, prefixes: [{ tokens: 3, count: 1 }] },
      momentsCorpus: { maxTokens: 3000 },
    });
    const edit = await method.learn(request, { lm, prompts, seed: 0 });
    if (edit.kind !== 'weight-delta') throw new Error(edit.kind);
    expect(edit.deltas.map(({ layer }) => layer)).toEqual([1]);
  });
});
