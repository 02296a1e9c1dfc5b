import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { loadModel } from './load-model.js';
import { createMethod, methodNames } from './methods.js';
import { writeTinyModel } from './testing/tiny-model.js';
import { temporaryFolder } from '../test/temporary-folder.js';

describe('createMethod', () => {
  it('offers every method of the tables', async () => {
    await using lm = await loadModel(await writeTinyModel(temporaryFolder()));
    expect(methodNames).toEqual(['sake', 'sake-paper', 'uniform', 'uniform-paper']);
    for (const name of methodNames) expect(createMethod(name, lm.info).name).toBe(name);
  });

  it('names what there is for another name', async () => {
    await using lm = await loadModel(await writeTinyModel(temporaryFolder()));
    for (const name of ['rome', 'constructor']) {
      const error = await expectCode(async () => createMethod(name, lm.info), 'unknown-kind');
      expect(error.message).toMatch(/expected one of sake, sake-paper, uniform, uniform-paper/);
    }
  });
});
