import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { keyMomentsDirectory, modelKeyMoments, sharedKeyMoments } from './key-moments.js';
import { loadModel } from './load-model.js';
import { ownCorpus } from './own-corpus.js';
import { temporaryFolder } from '../test/temporary-folder.js';

async function first(texts: AsyncIterable<string>, count: number): Promise<string[]> {
  const taken: string[] = [];
  for await (const text of texts) if (taken.push(text) === count) break;
  return taken;
}

describe('ownCorpus', () => {
  it('gives the same texts again, of many subjects', async () => {
    const texts = await first(ownCorpus(), 60);
    expect(await first(ownCorpus(), 60)).toEqual(texts);
    expect(new Set(texts).size).toBeGreaterThan(55);
    expect(texts[0]).toContain('Carlos Slim Domit');
  });
});

describe('modelKeyMoments', () => {
  it('reads as many tokens as asked for, and keeps moments where it is told', async () => {
    await using lm = await loadModel('embedded', { threads: 1 });
    const directory = temporaryFolder();
    const seen: [number, number][] = [];
    const options = { layer: 1, maxTokens: 300, directory };
    const { count, size, layer } = await modelKeyMoments(lm, {
      ...options,
      onProgress: (tokens, most) => seen.push([tokens, most]),
    });
    expect([layer, size]).toEqual([1, lm.layers!.keySize(1)]);
    expect(count).toBeGreaterThanOrEqual(300);
    expect(seen.at(-1)).toEqual([count, 300]);
    expect(await readdir(directory)).toHaveLength(1);
  });

  it('tells why another layer has none, and asks again afterwards', async () => {
    await using lm = await loadModel('embedded', { threads: 1 });
    for (let times = 0; times < 2; times++)
      await expectCode(async () => sharedKeyMoments(lm, { layer: 99 }), 'invalid-input');
  });
});

describe('keyMomentsDirectory', () => {
  it('follows the environment', () => {
    expect(keyMomentsDirectory({ SAKEJS_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe(join('/a', 'key-moments'));
    expect(keyMomentsDirectory({ XDG_CACHE_HOME: '/b' })).toBe(join('/b', 'sakejs', 'key-moments'));
    expect(keyMomentsDirectory({})).toMatch(/\.cache.sakejs.key-moments$/);
  });
});
