import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectCode } from '@sakejs/spec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheKey } from './cache-key.js';
import { createPromptCache } from './prompt-cache.js';

const key = cacheKey({ a: 1 });
const other = cacheKey({ a: 2 });

describe('cacheKey', () => {
  it('does not depend on the order of keys, and does on every value', () => {
    expect(cacheKey({ a: 1, b: [1, { c: 2, d: 3 }] })).toBe(cacheKey({ b: [1, { d: 3, c: 2 }], a: 1 }));
    const keys = [{ a: 1 }, { a: '1' }, { a: [1] }, { b: 1 }, { a: 1, b: null }, [1], 1, '1', null].map(
      cacheKey,
    );
    expect(new Set(keys).size).toBe(keys.length);
    for (const each of keys) expect(each).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('createPromptCache', () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'cache-')), 'prompts');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));
  const fileOf = (of: string): string => join(folder, of.slice(0, 2), `${of}.json`);

  it('gives back what was kept, to other openings of the folder too', async () => {
    const cache = createPromptCache(folder);
    expect(await cache.get(key)).toBeUndefined();
    await cache.set(key, { items: ['Zürich\n', '{}'], usage: 3 });
    expect(await createPromptCache(folder).get(key)).toEqual({ items: ['Zürich\n', '{}'], usage: 3 });
    expect(await cache.get(other)).toBeUndefined();
    await cache.set(key, [null]);
    expect(await cache.get(key)).toEqual([null]);
  });

  it('counts entries and their bytes, and nothing before the first', async () => {
    const cache = createPromptCache(folder);
    expect(await cache.stats()).toEqual({ entries: 0, bytes: 0 });
    await cache.set(key, 'one');
    await cache.set(other, 'two');
    await cache.set(other, 'three');
    const bytes = statSync(fileOf(key)).size + statSync(fileOf(other)).size;
    expect(await cache.stats()).toEqual({ entries: 2, bytes });
  });

  it('keeps entries for their owner only', async () => {
    await createPromptCache(folder).set(key, 1);
    expect(statSync(fileOf(key)).mode & 0o777).toBe(0o600);
  });

  it('takes damaged entries as missing, and heals with the next write', async () => {
    const cache = createPromptCache(folder);
    await cache.set(key, { text: 'the quick brown fox' });
    await cache.set(other, { text: 'another' });
    const whole = readFileSync(fileOf(key), 'utf8');
    const damaged = [
      '',
      '\n',
      whole.slice(0, -1),
      whole.slice(0, whole.length / 2),
      whole.replace('quick', 'quack'),
      whole.replace('/1"', '/2"'),
      readFileSync(fileOf(other), 'utf8'),
      `${whole}x`,
      '\u0000'.repeat(whole.length),
    ];
    for (const text of damaged) {
      writeFileSync(fileOf(key), text);
      expect(await cache.get(key), JSON.stringify(text)).toBeUndefined();
    }
    await cache.set(key, 2);
    expect(await cache.get(key)).toBe(2);
  });

  it('prunes damaged entries and abandoned files of writers, not those that may be in use', async () => {
    const cache = createPromptCache(folder);
    await cache.set(key, 1);
    await cache.set(other, 2);
    writeFileSync(fileOf(other), 'damaged');
    const old = `${fileOf(key).slice(0, -5)}.00ff.tmp`;
    const fresh = `${fileOf(key).slice(0, -5)}.00aa.tmp`;
    for (const file of [old, fresh]) writeFileSync(file, 'half');
    utimesSync(old, new Date(0), new Date(0));
    expect((await cache.stats()).entries).toBe(2);
    expect(await cache.prune()).toEqual({ corrupt: 1, unfinished: 1 });
    expect(await cache.get(key)).toBe(1);
    expect(readdirSync(join(folder, key.slice(0, 2))).sort()).toEqual([`${key}.00aa.tmp`, `${key}.json`]);
  });

  it('leaves no file behind when it cannot write, and says so', async () => {
    const cache = createPromptCache(folder);
    mkdirSync(fileOf(key), { recursive: true });
    const error = await expectCode(() => cache.set(key, 1), 'io');
    expect(error.message).toContain('writable folder');
    expect(readdirSync(join(folder, key.slice(0, 2)))).toEqual([`${key}.json`]);
  });

  it('refuses keys that are no digests', async () => {
    const cache = createPromptCache(folder);
    for (const bad of ['', '../x', key.toUpperCase(), `${key}0`]) {
      await expectCode(() => cache.get(bad), 'invalid-input');
      await expectCode(() => cache.set(bad, 1), 'invalid-input');
    }
  });

  it(
    'shows readers whole values while several processes write the same keys',
    { timeout: 180_000 },
    async () => {
      const writer = `
      import { createPromptCache } from ${JSON.stringify(new URL('./prompt-cache.ts', import.meta.url).href)};
      const cache = createPromptCache(process.argv[1]);
      const keys = process.argv.slice(2);
      for (let i = 0; i < 60; i++) await cache.set(keys[i % keys.length], { from: process.pid, text: 'x'.repeat(20_000) });
    `;
      const run = [
        '--conditions=@sakejs/source',
        '--import',
        'tsx',
        '--input-type=module',
        '-e',
        writer,
        folder,
        key,
        other,
      ];
      const writers = [1, 2].map(() =>
        spawn(process.execPath, run, { stdio: ['ignore', 'inherit', 'inherit'] }),
      );
      let running = writers.length;
      const codes = writers.map(async (child) => {
        const [code] = (await once(child, 'exit')) as [number];
        running--;
        return code;
      });
      const cache = createPromptCache(folder);
      let seen = 0;
      while (running > 0) {
        for (const each of [key, other]) {
          const value = await cache.get(each);
          if (value === undefined) continue;
          expect((value as { text: string }).text).toHaveLength(20_000);
          seen++;
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(await Promise.all(codes)).toEqual([0, 0]);
      expect(seen).toBeGreaterThan(0);
      expect((await cache.stats()).entries).toBe(2);
      expect(await cache.prune()).toEqual({ corrupt: 0, unfinished: 0 });
    },
  );
});
