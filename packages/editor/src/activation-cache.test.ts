import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createTestLM } from '../test/world.js';
import { withActivationCache } from './activation-cache.js';

const TEXTS = ['The capital of France is', 'The capital of Peru is'];

describe('withActivationCache', () => {
  it('runs the model once a prompt', async () => {
    const lm = createTestLM();
    const cached = withActivationCache(lm);
    const first = await cached.capture(TEXTS);
    expect((await cached.capture([TEXTS[1]!, TEXTS[0]!, TEXTS[0]!])).data).toEqual(
      Float32Array.of(...first.data.slice(32), ...first.data.slice(0, 32), ...first.data.slice(0, 32)),
    );
    expect(lm.calls).toEqual([{ name: 'capture', size: 2 }]);
    expect(cached.cache).toMatchObject({ hits: 3, misses: 2, entries: 2 });
  });

  it('asks for the missing prompts only, in one call', async () => {
    const lm = createTestLM();
    const cached = withActivationCache(lm);
    await cached.observe(TEXTS.slice(1));
    await cached.observe([...TEXTS, TEXTS[0]!]);
    expect(lm.calls).toEqual([
      { name: 'observe', size: 1 },
      { name: 'observe', size: 1 },
    ]);
  });

  it('observes what the model observes', async () => {
    const lm = createTestLM();
    const cached = withActivationCache(lm);
    const expected = await lm.observe(TEXTS, { layers: [0, 1] });
    await cached.observe(TEXTS, { layers: [1] });
    expect(await cached.observe(TEXTS, { layers: [0, 1] })).toEqual(expected);
    expect(await cached.observe(TEXTS, { layers: [0, 1] })).toEqual(expected);
  });

  it('answers for fewer layers and for capture from what it observed', async () => {
    const lm = createTestLM();
    const cached = withActivationCache(lm);
    await cached.observe(TEXTS, { layers: [0, 1] });
    expect([...(await cached.observe(TEXTS, { layers: [1] }))[0]!.layers.keys()]).toEqual([1]);
    expect((await cached.capture(TEXTS)).rows).toBe(2);
    expect(lm.calls).toHaveLength(1);
  });

  it('answers an observation without layers from what it captured', async () => {
    const lm = createTestLM();
    const cached = withActivationCache(lm);
    await cached.capture(TEXTS);
    expect(await cached.observe(TEXTS)).toEqual(await createTestLM().observe(TEXTS));
    expect(lm.calls).toHaveLength(1);
  });

  it('tells a text from token ids', async () => {
    const lm = createTestLM();
    const cached = withActivationCache(lm);
    await cached.capture(['65,66', [65, 66]]);
    expect(cached.cache.misses).toBe(2);
  });

  it('drops what was used least recently to stay within its bytes', async () => {
    const bytes = 32 * 4;
    const cached = withActivationCache(createTestLM(), { maxBytes: 2 * bytes });
    await cached.capture(['one']);
    await cached.capture(['two']);
    await cached.capture(['one']);
    await cached.capture(['three']);
    expect(cached.cache).toMatchObject({ entries: 2, bytes: 2 * bytes });
    await cached.capture(['one']);
    expect(cached.cache).toMatchObject({ hits: 2, misses: 3 });
    await cached.capture(['two']);
    expect(cached.cache).toMatchObject({ hits: 2, misses: 4 });
  });

  it('answers what is larger than the cache without keeping it', async () => {
    const cached = withActivationCache(createTestLM(), { maxBytes: 1 });
    expect((await cached.capture(TEXTS)).data).toEqual((await createTestLM().capture(TEXTS)).data);
    expect(cached.cache).toMatchObject({ entries: 0, bytes: 0, misses: 2 });
  });

  it('keeps no larger buffer alive than it counts', async () => {
    const lm = createTestLM();
    const shared = new Float32Array(1000);
    const observe: typeof lm.observe = async (prompts) =>
      prompts.map(() => ({ tokens: [1], lastTokenActivation: shared.subarray(0, 32), layers: new Map() }));
    const cached = withActivationCache({ ...lm, observe });
    const [observation] = await cached.observe(['one']);
    expect(observation!.lastTokenActivation.buffer.byteLength).toBe(32 * 4);
  });

  it('forgets on clear and keeps its counts', async () => {
    const cached = withActivationCache(createTestLM());
    await cached.capture(TEXTS);
    cached.cache.clear();
    expect(cached.cache).toMatchObject({ entries: 0, bytes: 0, misses: 2 });
  });

  it('passes captures at layers and positions on', async () => {
    const lm = createTestLM();
    const cached = withActivationCache(lm);
    const request = { layer: 1, positions: [0, 0] };
    expect(await cached.capture(TEXTS, request)).toEqual(await lm.capture(TEXTS, request));
    expect(cached.cache).toMatchObject({ hits: 0, misses: 0 });
  });

  it('takes no prompts', async () => {
    const cached = withActivationCache(createTestLM());
    expect((await cached.capture([])).rows).toBe(0);
    expect(await cached.observe([])).toEqual([]);
  });

  it('refuses a size that is not above 0', async () => {
    await expectCode(() => withActivationCache(createTestLM(), { maxBytes: 0 }), 'invalid-option');
    await expectCode(() => withActivationCache(createTestLM(), { maxBytes: NaN }), 'invalid-option');
  });
});
