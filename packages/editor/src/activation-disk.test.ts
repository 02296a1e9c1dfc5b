import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CausalLM } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestLM } from '../test/world.js';
import { withActivationCache, type CachedLM } from './activation-cache.js';

const TEXTS = ['The capital of France is', 'The capital of Peru is'];
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sakejs-activations-'));
});
afterEach(() => rm(directory, { recursive: true }));
const open = (lm: CausalLM): CachedLM => withActivationCache(lm, { directory });

describe('withActivationCache with a directory', () => {
  it('answers bitwise what an earlier cache computed, without running the model', async () => {
    const before = open(createTestLM());
    const captured = await before.capture(TEXTS);
    const observed = await before.observe(TEXTS, { layers: [0, 1] });
    const lm = createTestLM();
    const after = open(lm);
    expect(await after.observe(TEXTS, { layers: [1, 0] })).toEqual(observed);
    expect(await after.capture(TEXTS)).toEqual(captured);
    expect(lm.calls).toEqual([]);
    expect(after.cache).toMatchObject({ hits: 4, diskHits: 2, misses: 0 });
  });

  it('runs the model for the layers and prompts that the folder lacks, and adds them', async () => {
    const first = open(createTestLM());
    await first.observe(TEXTS.slice(0, 1), { layers: [0] });
    const lm = createTestLM();
    expect(await open(lm).observe(TEXTS, { layers: [0, 1] })).toEqual(
      await createTestLM().observe(TEXTS, { layers: [0, 1] }),
    );
    expect(lm.calls).toEqual([{ name: 'observe', size: 2 }]);
    await open(lm).observe(TEXTS, { layers: [1] });
    await first.observe(TEXTS, { layers: [0, 1] });
    expect(lm.calls).toHaveLength(1);
    expect(first.cache.diskHits).toBe(2);
  });

  it('knows a text by its tokens', async () => {
    const lm = createTestLM();
    await open(lm).capture(TEXTS);
    const cached = open(lm);
    await cached.capture(TEXTS.map((text) => lm.encode(text)));
    expect(cached.cache).toMatchObject({ diskHits: 2, misses: 0 });
  });

  it('reads again what memory had no room for', async () => {
    const lm = createTestLM();
    const cached = withActivationCache(lm, { directory, maxBytes: 1 });
    const first = await cached.observe(TEXTS, { layers: [0] });
    expect(await cached.observe(TEXTS, { layers: [0] })).toEqual(first);
    expect(lm.calls).toHaveLength(1);
  });

  it('does not take the activations of another model, precision or runtime', async () => {
    const lm = createTestLM();
    await open(lm).capture(TEXTS);
    const { info } = lm;
    const others = [{ sha256: 'other' }, { dtype: 'other' }, { threads: 99 }, { runtime: { node: '0' } }];
    for (const other of others) {
      const cached = open({ ...lm, info: { ...info, ...other } });
      await cached.capture(TEXTS);
      expect(cached.cache.misses).toBe(2);
    }
  });

  it('computes damaged entries again, and heals', async () => {
    const expected = await open(createTestLM()).observe(TEXTS, { layers: [0] });
    const [name] = await readdir(directory);
    const file = join(directory, name!);
    const whole = await readFile(file);
    for (const at of [0, 5, 20, 50, 62, 70, whole.length >> 1, whole.length - 1]) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 8;
      await writeFile(file, bytes);
      const damaged = open(createTestLM());
      expect(await damaged.observe(TEXTS, { layers: [0] })).toEqual(expected);
      expect(damaged.cache.misses).toBeGreaterThan(0);
      const healed = open(createTestLM());
      expect(await healed.observe(TEXTS, { layers: [0] })).toEqual(expected);
      expect(healed.cache.misses).toBe(0);
      for (const other of await readdir(directory)) if (other !== name) await rm(join(directory, other));
    }
  });

  it('keeps the folder when memory is cleared', async () => {
    const lm = createTestLM();
    const cached = open(lm);
    await cached.capture(TEXTS);
    cached.cache.clear();
    await cached.capture(TEXTS);
    expect(lm.calls).toHaveLength(1);
  });

  it('refuses a size that is not above 0, and says io for a folder that is a file', async () => {
    await expectCode(
      () => withActivationCache(createTestLM(), { directory, directoryBytes: 0 }),
      'invalid-option',
    );
    const file = join(directory, 'file');
    await writeFile(file, '');
    const cached = withActivationCache(createTestLM(), { directory: file });
    await expectCode(() => cached.capture(TEXTS), 'io');
  });
});
