import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { loadModel } from './load-model.js';
import { builtInMappers } from './mappers.js';
import { createMethod, methodNames } from './methods.js';
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
});
