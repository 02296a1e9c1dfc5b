import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countingDecoder } from '../test/counting-decoder.js';
import { encoderGraph, lastBeforeNormGraph, writeGraphFolder } from '../test/no-decoders.js';
import { checkCausal, checkDecoder } from './causal-check.js';
import { inspectModel } from './inspect-model.js';
import { loadCausalLM } from './load-causal-lm.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-causal-'));
});
afterAll(() => rm(root, { recursive: true }));

/** States of width 1: what of a row each position sees. */
const states =
  (sight: (row: readonly number[], at: number) => number) =>
  async (rows: readonly (readonly number[])[]): Promise<Float32Array> =>
    Float32Array.from(rows.flatMap((row) => row.map((_, at) => sight(row, at))));

describe('checkCausal', () => {
  it('lets what sees earlier tokens pass, and what sees later ones not', async () => {
    const sum = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0);
    const before = states((row, at) => sum(row.slice(0, at + 1)));
    await expect(checkCausal(before, [3, 1, 4], 9, 'test')).resolves.toBeUndefined();
    await expect(checkCausal(states(sum), [3, 1, 4], 9, 'test')).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/^test: .*got no decoder: .* the 2 before it change by 63 %/),
      details: { moved: 5, largest: 8 },
    });
  });
});

describe('checkDecoder', () => {
  it('reads two sequences of a decoder without a cache, and none of one that has a cache', async () => {
    const [without, withCache] = [countingDecoder({ cached: false }), countingDecoder({})];
    await checkDecoder(without, 64, 'test');
    await checkDecoder(withCache, 64, 'test');
    expect([without.passes, withCache.passes]).toEqual([[[5, 5]], []]);
  });
});

describe('a graph that is no decoder', { timeout: 60_000 }, () => {
  it.each([
    ['an encoder', encoderGraph, /got no decoder: .* encoders and masked language models/],
    [
      'a graph that selects positions before its final norm',
      lastBeforeNormGraph,
      /states of \d+ positions, .*selects positions before its final norm/,
    ],
  ])('is refused, by file: %s', async (name, graph, message) => {
    const folder = await writeGraphFolder(join(root, name), graph(), {
      model_type: 'bert',
      num_hidden_layers: 1,
    });
    for (const open of [loadCausalLM, inspectModel])
      await expect(open(folder, { threads: 1 })).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringMatching(message),
        details: { file: join(folder, 'model.onnx') },
      });
  });
});
