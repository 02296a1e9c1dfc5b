import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectCode } from '@sakejs/spec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLinearLM } from '../../test/linear-lm.js';
import { collectKeyMoments } from './key-moments.js';
import {
  cachedKeyMoments,
  corpusHash,
  decodeKeyMoments,
  encodeKeyMoments,
  keyMomentsKey,
} from './key-moments-file.js';
import { createKeySolver } from './key-solver.js';

const words = 'the sea is wide and deep while rivers run to it from many green hills'.split(' ');
/** 40 texts of 3 to 9 words. */
const texts = Array.from({ length: 40 }, (_, i) =>
  Array.from({ length: 3 + (i % 7) }, (_, j) => words[(i * 5 + j * j + j) % words.length]).join(' '),
);

describe('collectKeyMoments', () => {
  it('is the mean of k kᵀ over all positions', async () => {
    const lm = createLinearLM();
    const { moment, size, count, layer } = await collectKeyMoments(lm, texts, { layer: 1 });
    const keys = texts.flatMap((text) => {
      const tokens = lm.encode(text);
      return tokens.map((_, position) => lm.keyOf(tokens, position));
    });
    expect({ size, count, layer }).toEqual({ size: 16, count: keys.length, layer: 1 });
    for (const [i, j] of [
      [0, 0],
      [3, 11],
      [11, 3],
      [15, 15],
    ] as const) {
      const expected = keys.reduce((sum, key) => sum + key[i]! * key[j]!, 0) / keys.length;
      expect(moment[i * size + j]).toBeCloseTo(expected, 10);
    }
  });

  it('reads streams, leaves out empty texts, cuts long ones, and stops in time', async () => {
    const lm = createLinearLM();
    async function* stream(): AsyncGenerator<string> {
      for (const text of ['', ...texts]) yield text;
    }
    const counts: number[] = [];
    const whole = await collectKeyMoments(lm, texts, { layer: 0 });
    const streamed = await collectKeyMoments(lm, stream(), { layer: 0, onProgress: (n) => counts.push(n) });
    expect(streamed.count).toBe(whole.count);
    expect(counts.at(-1)).toBe(whole.count);
    expect(Math.max(...streamed.moment.map((x, i) => Math.abs(x - whole.moment[i]!)))).toBeLessThan(1e-12);
    const long = Array.from({ length: 50 }, () => 'sea').join(' ');
    expect((await collectKeyMoments(lm, [long], { layer: 0 })).count).toBe(lm.info.maxPositions);
    const some = await collectKeyMoments(lm, texts, { layer: 0, maxTokens: 20 });
    expect(some.count).toBeGreaterThanOrEqual(20);
    expect(some.count).toBeLessThan(20 + 9);
  });

  it('refuses an empty corpus and an aborted signal', async () => {
    await expectCode(() => collectKeyMoments(createLinearLM(), [''], { layer: 0 }), 'not-enough-data');
    const signal = AbortSignal.abort();
    await expectCode(() => collectKeyMoments(createLinearLM(), texts, { layer: 0, signal }), 'aborted');
  });
});

describe('createKeySolver', () => {
  it('solves C x = k', async () => {
    const moments = await collectKeyMoments(createLinearLM(), texts, { layer: 0 });
    const { size, moment } = moments;
    const key = Float64Array.from({ length: size }, (_, i) => Math.sin(i + 1));
    const x = createKeySolver(moments, { ridge: 0.01 }).solve(key);
    const mean =
      Array.from({ length: size }, (_, i) => moment[i * size + i]!).reduce((a, b) => a + b, 0) / size;
    key.forEach((value, i) => {
      const product = x.reduce((sum, y, j) => sum + moment[i * size + j]! * y, 0) + 0.01 * mean * x[i]!;
      expect(product).toBeCloseTo(value, 9);
    });
  });

  it('refuses a moment of too few keys, unless with a ridge', async () => {
    const moments = await collectKeyMoments(createLinearLM(), ['the sea is'], { layer: 0 });
    const error = await expectCode(() => createKeySolver(moments), 'not-enough-data');
    expect(error.message).toContain('of rank about 3 from 3 tokens');
    expect(
      createKeySolver(moments, { ridge: 0.1 }).solve(new Float64Array(16).fill(1)).every(Number.isFinite),
    ).toBe(true);
    await expectCode(() => createKeySolver(moments, { ridge: -1 }), 'invalid-option');
    await expectCode(() => createKeySolver(moments, { ridge: 1 }).solve([1]), 'shape-mismatch');
  });
});

describe('cachedKeyMoments', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sakejs-moments-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('collects once, and reads bitwise the same afterwards', async () => {
    const lm = createLinearLM();
    let passes = 0;
    const corpus = (): string[] => {
      passes++;
      return texts;
    };
    const first = await cachedKeyMoments(lm, corpus, { layer: 0, directory });
    expect(passes).toBe(2);
    const second = await cachedKeyMoments(lm, corpus, { layer: 0, directory });
    expect(passes).toBe(3);
    expect(second).toEqual(first);
    const [file] = await readdir(directory);
    expect(await readdir(directory)).toHaveLength(1);
    await writeFile(join(directory, file!), 'damaged');
    expect(await cachedKeyMoments(lm, corpus, { layer: 0, directory })).toEqual(first);
    expect(passes).toBe(5);
    expect(decodeKeyMoments(await readFile(join(directory, file!)))).toEqual(first);
  });

  it('files moments under everything that they depend on', async () => {
    const { info } = createLinearLM();
    const corpus = await corpusHash(texts);
    const keys = [
      keyMomentsKey({ info }, corpus, { layer: 0 }),
      keyMomentsKey({ info }, corpus, { layer: 1 }),
      keyMomentsKey({ info }, corpus, { layer: 0, maxTokens: 5 }),
      keyMomentsKey({ info }, await corpusHash(texts.slice(1)), { layer: 0 }),
      keyMomentsKey({ info: { ...info, sha256: '1'.repeat(64) } }, corpus, { layer: 0 }),
      keyMomentsKey({ info: { ...info, runtime: { change: 'a' } } }, corpus, { layer: 0 }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(await corpusHash(['ab', 'c'])).not.toBe(await corpusHash(['a', 'bc']));
  });

  it('refuses a file of something else', async () => {
    const bytes = encodeKeyMoments({ layer: 0, size: 1, count: 1, moment: Float64Array.of(1) });
    expect(decodeKeyMoments(bytes)).toMatchObject({ size: 1, count: 1 });
    await expectCode(() => decodeKeyMoments(new Uint8Array(4)), 'invalid-file');
  });
});
