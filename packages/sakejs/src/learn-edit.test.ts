import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CausalLM, Edit, EditRequest } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { createSteeredLM } from '@sakejs/editor';
import { shiftModule } from '../test/mapper-source.js';
import { temporaryFolder } from '../test/temporary-folder.js';
import { learnEdit } from './learn-edit.js';
import { loadModel } from './load-model.js';
import { loadMapper } from './mappers.js';
import { createMethod } from './methods.js';
import { openLibrary } from './open-library.js';
import { loadPromptSource } from './prompt-source.js';
import { writeTinyModel } from './testing/tiny-model.js';

const request: EditRequest = {
  subject: 'France',
  prompt: 'The capital of {} is',
  targetTrue: 'Paris',
  targetNew: 'Rome',
};
const ask = 'The capital of France is';

/** The paper's method learns from every target row, so it also works on a model that obeys nothing. */
const paper = { count: 12, seed: 3 };

let folder: string;
let lm: CausalLM;
let edit: Edit;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sakejs-tiny-'));
  lm = await loadModel(await writeTinyModel(folder));
  edit = await learnEdit(request, { lm, method: createMethod('sake-paper', lm.info), ...paper });
});
afterAll(async () => {
  await lm[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

describe('learnEdit', () => {
  it('learns with template prompts, and the edit changes the answer', async () => {
    expect(edit).toMatchObject({
      request: { subject: 'France' },
      provenance: { method: 'sake-paper', seed: 3, prompts: { count: 12, source: { kind: 'template' } } },
    });
    const [plain] = await createSteeredLM(lm, []).respond([ask]);
    const [edited] = await createSteeredLM(lm, [edit]).respond([ask]);
    expect(edited!.edit).toBe(edit.id);
    expect(edited!.logits).not.toEqual(plain!.logits);
  });

  it('names the remedy where the model does not obey the steering context', async () => {
    const error = await expectCode(() => learnEdit(request, { lm, count: 12 }), 'not-enough-data');
    expect(error.message).toContain("`targets: 'all'`");
  });

  it('refuses a malformed request before it asks the model', async () => {
    for (const change of [{ prompt: 'The capital is' }, { targetNew: 'Paris' }, { subject: ' ' }])
      await expectCode(() => learnEdit({ ...request, ...change }, { lm }), 'invalid-request');
  });

  it('stops when its signal fires', async () => {
    await expectCode(() => learnEdit(request, { lm, signal: AbortSignal.abort() }), 'aborted');
  });
});

describe('loadPromptSource', () => {
  it('reads hand-written prompts from a file', async () => {
    const file = join(temporaryFolder(), 'prompts.txt');
    writeFileSync(file, ['France is ruled from', '{} has its seat of government in'].join('\n'));
    const { prompts, source } = await loadPromptSource(file).generate(request, { count: 3 });
    expect(prompts).toEqual([ask, 'France is ruled from', 'France has its seat of government in']);
    expect(source.kind).toBe('expert');
  });
});

describe('openLibrary', () => {
  it('keeps an edit over a reload with bitwise equal logits', async () => {
    const directory = temporaryFolder();
    await (await openLibrary(directory)).add(edit);
    const reloaded = (await openLibrary(directory)).list();
    const [before] = await createSteeredLM(lm, [edit]).respond([ask]);
    const [after] = await createSteeredLM(lm, reloaded).respond([ask]);
    expect(after!.logits).toEqual(before!.logits);
  });

  it('reloads edits of a mapper module where the module is named, and lists them as broken elsewhere', async () => {
    const directory = temporaryFolder();
    const module = join(directory, 'half.mjs');
    writeFileSync(module, shiftModule('half'));
    const method = createMethod('sake-paper', lm.info, { mapper: await loadMapper(module) });
    const half = await learnEdit(request, { lm, method, ...paper });
    await (await openLibrary(directory, { modules: [module] })).add(half);
    expect((await openLibrary(directory, { modules: [module, module] })).list()).toHaveLength(1);
    const { broken, size } = await openLibrary(directory);
    expect(size).toBe(0);
    expect(broken).toMatchObject([{ id: half.id, error: { code: 'unknown-kind' } }]);
    expect(broken[0]!.error.message).toContain('./half.mjs');
  });

  it('refuses a module that claims a built-in kind', async () => {
    const directory = temporaryFolder();
    const module = join(directory, 'mean-shift.mjs');
    writeFileSync(module, shiftModule('mean-shift'));
    const error = await expectCode(() => openLibrary(directory, { modules: [module] }), 'already-exists');
    expect(error.message).toMatch(/'mean-shift', which @sakejs\/transport offers/);
  });
});

describe('loadModel', () => {
  it('says what a folder lacks', async () => {
    await expectCode(() => loadModel('/nowhere/at-all'), 'not-found');
    const error = await expectCode(() => loadModel(temporaryFolder()), 'not-found');
    expect(error.message).toContain('model.onnx');
  });
});
