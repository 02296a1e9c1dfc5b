import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Edit } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { learnCapital, loaders } from '../test/loaders.js';
import { openEditCache, type EditCache } from './edit-cache.js';
import { encodeEdit } from './edit-file.js';

const key = (at: number): string => at.toString(16).repeat(64).slice(0, 64);
let edit: Edit;
let bytes: Uint8Array;
let root: string;
let directory: string;
beforeAll(async () => {
  edit = await learnCapital('France', 'Rome');
  bytes = encodeEdit(edit, loaders);
});
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-edit-cache-'));
  directory = join(root, 'edits');
});
afterEach(() => rm(root, { recursive: true }));
const open = (maxBytes = 2 ** 30): EditCache => openEditCache(directory, { ...loaders, maxBytes });
const fileOf = (at: number): string => join(directory, `${key(at)}.safetensors`);
const kept = async (): Promise<string[]> => (await readdir(directory)).sort();

describe('openEditCache', () => {
  it('gives back the very edit, to other openings of the folder too', async () => {
    const cache = open();
    expect(await cache.get(key(1))).toBeUndefined();
    await cache.put(key(1), edit);
    expect(encodeEdit((await open().get(key(1)))!, loaders)).toEqual(bytes);
    expect(await cache.get(key(2))).toBeUndefined();
    const later = { ...edit, provenance: { ...edit.provenance, seed: 7 } };
    await cache.put(key(1), later);
    expect((await cache.get(key(1)))!.provenance.seed).toBe(7);
  });

  it('drops what was used least recently to stay within its bytes', async () => {
    const cache = open(3.5 * bytes.byteLength);
    for (const at of [1, 2, 3]) {
      await cache.put(key(at), edit);
      await utimes(fileOf(at), at, at);
    }
    expect(await cache.get(key(1))).toBeDefined();
    await cache.put(key(4), edit);
    expect(await kept()).toEqual([1, 3, 4].map((at) => `${key(at)}.safetensors`));
  });

  it('counts what is there when it is opened and what others add', async () => {
    for (const at of [1, 2, 3]) {
      await open().put(key(at), edit);
      await utimes(fileOf(at), at, at);
    }
    await open(2 * bytes.byteLength).put(key(4), edit);
    expect(await kept()).toEqual([3, 4].map((at) => `${key(at)}.safetensors`));
  });

  it('does not keep an edit larger than the cache', async () => {
    await open().put(key(1), edit);
    await open(bytes.byteLength - 1).put(key(1), edit);
    expect(await kept()).toEqual([]);
  });

  it('takes damaged files as missing and removes them', async () => {
    const cache = open();
    const damaged = [bytes.slice(0, 0), bytes.slice(0, -1), bytes.slice(0, 20), Buffer.from('text')];
    for (const at of [8, 40, bytes.length >> 1, bytes.length - 1]) {
      const flipped = bytes.slice();
      flipped[at]! ^= 4;
      damaged.push(flipped);
    }
    for (const content of damaged) {
      await cache.put(key(1), edit);
      await writeFile(fileOf(1), content);
      expect(await cache.get(key(1))).toBeUndefined();
      expect(await kept()).toEqual([]);
    }
    await cache.put(key(1), edit);
    expect(await cache.get(key(1))).toBeDefined();
  });

  it('removes what killed writers left long ago and touches no other file', async () => {
    await open().put(key(1), edit);
    const left = (name: string): string => join(directory, name);
    const old = left(`.${key(2)}.safetensors.00-ff.tmp`);
    for (const file of [
      old,
      left(`.${key(3)}.safetensors.00-ff.tmp`),
      left('mine.safetensors'),
      left('notes'),
    ])
      await writeFile(file, 'x'.repeat(100));
    await utimes(old, 0, 0);
    await open(1.5 * bytes.byteLength).put(key(4), edit);
    expect(await kept()).toEqual(
      [`.${key(3)}.safetensors.00-ff.tmp`, `${key(4)}.safetensors`, 'mine.safetensors', 'notes'].sort(),
    );
  });

  it('says which loader is missing, and refuses keys that are no digests and sizes not above 0', async () => {
    await open().put(key(1), edit);
    const without = openEditCache(directory, { mapLoaders: [], scopeLoaders: [], maxBytes: 1 });
    await expectCode(() => without.get(key(1)), 'unknown-kind');
    expect(await kept()).toHaveLength(1);
    for (const bad of ['', '../x', key(10).toUpperCase()]) {
      await expectCode(() => open().get(bad), 'invalid-input');
      await expectCode(() => open().put(bad, edit), 'invalid-input');
    }
    for (const maxBytes of [0, NaN, -1]) await expectCode(() => open(maxBytes), 'invalid-option');
  });

  it('shows whole edits only while other processes write and drop them', { timeout: 600_000 }, async () => {
    const module = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
    const writer = `
      const { openEditCache } = await import(${module('./edit-cache.ts')});
      const { learnCapital, loaders } = await import(${module('../test/loaders.ts')});
      const edit = await learnCapital('France', 'Rome');
      const cache = openEditCache(process.argv[1], { ...loaders, maxBytes: ${2.5 * bytes.byteLength} });
      for (let i = 0; i < 40; i++) await cache.put(String(i % 4).repeat(64), edit);
    `;
    const flags = ['--conditions=@sakejs/source', '--import', 'tsx', '--input-type=module', '-e'];
    let running = 2;
    const codes = [1, 2].map(async () => {
      const child = spawn(process.execPath, [...flags, writer, directory], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      const [code] = (await once(child, 'exit')) as [number];
      running--;
      return code;
    });
    let seen = 0;
    while (running > 0) {
      for (const at of [0, 1, 2, 3]) {
        const found = await open().get(key(at));
        if (found === undefined) continue;
        expect(encodeEdit(found, loaders)).toEqual(bytes);
        seen++;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await Promise.all(codes)).toEqual([0, 0]);
    expect(seen).toBeGreaterThan(0);
    await open(2.5 * bytes.byteLength).put(key(5), edit);
    const sizes = (await kept()).map(async (name) => (await stat(join(directory, name))).size);
    expect((await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(
      2.5 * bytes.byteLength,
    );
    expect(await readFile(fileOf(5))).toEqual(Buffer.from(bytes));
  });
});
