import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Edit } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { learnCapital, loaders } from '../test/loaders.js';
import { createTestLM } from '../test/world.js';
import { type DiskEditLibrary, openEditLibrary, readEditFile } from './edit-directory.js';
import { createSteeredLM } from './steered-lm.js';

let france: Edit;
let peru: Edit;
let root: string;
let directory: string;
beforeAll(async () => {
  france = await learnCapital('France', 'Rome', 1);
  peru = await learnCapital('Peru', 'Tokyo', 2);
});
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-library-'));
  directory = join(root, 'edits');
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const open = (): Promise<DiskEditLibrary> => openEditLibrary(directory, loaders);
const fileOf = (edit: Edit): string => join(directory, `${edit.id}.safetensors`);
const PROMPTS = ['The capital of France is', 'The capital of Peru is', 'The capital of Japan is'];

async function withBoth(): Promise<DiskEditLibrary> {
  const library = await open();
  await library.add(peru);
  await library.add(france);
  return library;
}

describe('openEditLibrary', () => {
  it('finds a folder that does not exist empty, and makes it for the first edit', async () => {
    const library = await open();
    expect(library.size).toBe(0);
    expect(await readdir(root)).toEqual([]);
    await library.add(france);
    expect(await readdir(directory)).toEqual([`${france.id}.safetensors`]);
  });

  it('finds again what was added, in the same order', async () => {
    const before = (await withBoth()).list();
    const after = (await open()).list();
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after.map(({ request }) => request)).toEqual([france.request, peru.request]);
  });

  it('gives bitwise the same logits when opened again', async () => {
    const lm = createTestLM();
    const before = await createSteeredLM(lm, await withBoth()).respond(PROMPTS);
    expect(before.map(({ edit }) => edit)).toEqual([france.id, peru.id, undefined]);
    expect(await createSteeredLM(lm, await open()).respond(PROMPTS)).toEqual(before);
  });

  it('leaves the bytes of other edits as they are when one is added or removed', async () => {
    const library = await open();
    await library.add(france);
    const bytes = await readFile(fileOf(france));
    const { mtimeMs, ino } = await stat(fileOf(france));
    await library.add(peru);
    await library.remove(peru.id);
    expect(await readFile(fileOf(france))).toEqual(bytes);
    expect(await stat(fileOf(france))).toMatchObject({ mtimeMs, ino });
    expect(await readdir(directory)).toEqual([`${france.id}.safetensors`]);
  });

  it('refuses the same request again, unless told to replace', async () => {
    const library = await open();
    await library.add(france);
    const later = { ...france, provenance: { ...france.provenance, seed: 7 } };
    await expectCode(() => library.add(later), 'already-exists');
    expect((await open()).get(france.id).provenance.seed).toBe(0);
    await library.add(later, { replace: true });
    expect((await open()).get(france.id).provenance.seed).toBe(7);
    expect((await readdir(directory)).length).toBe(1);
  });

  it('refuses an edit it could not load again, and writes nothing', async () => {
    const library = await openEditLibrary(directory, { ...loaders, scopeLoaders: [] });
    await expectCode(() => library.add(france), 'unknown-kind');
    expect(await readdir(root)).toEqual([]);
  });

  it('lets several writers add different edits at once', async () => {
    const edits = Array.from({ length: 12 }, (_, index) => ({ ...france, id: `edit-${index}` }));
    const writers = await Promise.all(edits.map(open));
    await Promise.all(edits.map((edit, index) => writers[index]!.add(edit)));
    expect((await open()).size).toBe(12);
    expect((await readdir(directory)).length).toBe(12);
  });

  it('lets one of several writers of one edit win, and tells the others', async () => {
    const writers = await Promise.all(Array.from({ length: 6 }, open));
    const results = await Promise.allSettled(writers.map((writer) => writer.add(france)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    expect(errors).toEqual(Array(5).fill('already-exists'));
    expect((await readdir(directory)).length).toBe(1);
  });

  it('removes an edit that another process removed already', async () => {
    const library = await withBoth();
    await rm(fileOf(peru));
    await library.remove(peru.id);
    expect(library.has(peru.id)).toBe(false);
    await expectCode(() => library.remove(peru.id), 'not-found');
  });

  it('lists broken files, loads the others, and removes or replaces broken ones', async () => {
    await withBoth();
    const whole = await readFile(fileOf(peru));
    await writeFile(fileOf(peru), whole.subarray(0, whole.length / 2));
    await writeFile(join(directory, 'empty.safetensors'), '');
    const library = await open();
    expect(library.list().map(({ id }) => id)).toEqual([france.id]);
    expect(library.broken.map(({ id }) => id)).toEqual(['empty', peru.id]);
    for (const { file, error } of library.broken) {
      expect(error.code).toBe('invalid-file');
      expect(error.message).toContain(file);
    }
    await library.remove('empty');
    await expectCode(() => library.add(peru), 'already-exists');
    await library.add(peru, { replace: true });
    expect(library.broken).toEqual([]);
    expect((await open()).size).toBe(2);
  });

  it('throws for a broken file when strict', async () => {
    await withBoth();
    await writeFile(fileOf(peru), 'nonsense');
    await expectCode(() => openEditLibrary(directory, { ...loaders, strict: true }), 'invalid-file');
  });

  it('lists an edit of an unknown kind as broken', async () => {
    await withBoth();
    const library = await openEditLibrary(directory, { ...loaders, mapLoaders: [] });
    expect(library.size).toBe(0);
    expect(library.broken.map(({ error }) => error.code)).toEqual(['unknown-kind', 'unknown-kind']);
  });

  it('takes no file under another name than its id', async () => {
    await withBoth();
    await rename(fileOf(peru), join(directory, 'renamed.safetensors'));
    const library = await open();
    expect(library.broken[0]!.error.message).toContain(peru.id);
  });

  it('passes over the temporary file of a write that was cut short', async () => {
    await withBoth();
    await writeFile(join(directory, `.${peru.id}.safetensors.0.tmp`), 'half');
    await writeFile(join(directory, 'notes.txt'), 'mine');
    const library = await open();
    expect(library.size).toBe(2);
    expect(library.broken).toEqual([]);
  });

  it('refuses a file in the place of the folder', async () => {
    await writeFile(directory, '');
    await expectCode(open, 'io');
  });

  it('carries on after a failed change', async () => {
    const library = await open();
    await expectCode(() => library.remove('nobody'), 'not-found');
    await library.add(france);
    expect(library.size).toBe(1);
  });

  it('exports one edit and imports it elsewhere, byte for byte', async () => {
    const library = await withBoth();
    const file = join(root, 'shared.safetensors');
    await library.exportTo(france.id, file);
    expect(await readFile(file)).toEqual(await readFile(fileOf(france)));
    const other = await openEditLibrary(join(root, 'other'), loaders);
    expect((await other.importFrom(file)).request).toEqual(france.request);
    expect(await readFile(join(root, 'other', `${france.id}.safetensors`))).toEqual(await readFile(file));
    await expectCode(() => other.importFrom(file), 'already-exists');
    await other.importFrom(file, { replace: true });
    expect(other.size).toBe(1);
  });

  it('exports over a file only when told to', async () => {
    const library = await withBoth();
    const file = join(root, 'taken');
    await writeFile(file, 'mine');
    await expectCode(() => library.exportTo(france.id, file), 'already-exists');
    expect(await readFile(file, 'utf8')).toBe('mine');
    await library.exportTo(france.id, file, { replace: true });
    expect((await readEditFile(file, loaders)).id).toBe(france.id);
  });

  it('exports only what it has, and imports only edits', async () => {
    const library = await withBoth();
    await expectCode(() => library.exportTo('nobody', join(root, 'x')), 'not-found');
    await expectCode(() => library.importFrom(join(root, 'nothing')), 'not-found');
    await writeFile(join(root, 'text'), 'not an edit');
    await expectCode(() => library.importFrom(join(root, 'text')), 'invalid-file');
    expect(library.size).toBe(2);
  });

  it('does not export a file that was damaged since', async () => {
    const library = await withBoth();
    await writeFile(fileOf(france), 'damaged');
    await expectCode(() => library.exportTo(france.id, join(root, 'x')), 'invalid-file');
  });
});
