import { DataType, decodeModel, type OnnxModel } from '@sakejs/onnx';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyLlama, writeRandomModel } from '../test/random-model.js';
import { splitDecoder } from './split-decoder.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-split-'));
});
afterAll(() => rm(root, { recursive: true }));

/** Bytes of a graph's float initializers, by name. */
function weightsOf({ graph }: OnnxModel): Map<string, number> {
  return new Map(
    graph.initializers
      .filter(({ dataType }) => dataType === DataType.FLOAT)
      .map(({ name, rawData }) => [name, rawData?.length ?? 0]),
  );
}

const sum = (sizes: Iterable<number>): number => [...sizes].reduce((a, b) => a + b, 0);

describe('splitDecoder of a graph that holds its weights', () => {
  it.each([
    ['tied', true, ['model.embed_tokens.weight']],
    ['untied', false, []],
  ])('copies no weight into a part that does not use it: %s embeddings', async (name, tied, twice) => {
    const folder = await writeRandomModel(join(root, name), { ...tinyLlama, tie_word_embeddings: tied });
    const bytes = await readFile(join(folder, 'onnx', 'model.onnx'));
    const model = decodeModel(bytes);
    const split = splitDecoder({ model, folder: undefined });
    const [body, head] = [weightsOf(decodeModel(split.body)), weightsOf(decodeModel(split.head))];
    expect([...body.keys()].filter((weight) => head.has(weight))).toEqual(twice);
    expect([...head.keys()]).toEqual([tied ? 'model.embed_tokens.weight' : expect.stringMatching(/lm_head/)]);
    const whole = weightsOf(model);
    expect(new Set([...body.keys(), ...head.keys()])).toEqual(new Set(whole.keys()));
    const extra = sum(twice.map((weight) => whole.get(weight)!));
    expect(sum(body.values()) + sum(head.values())).toBe(sum(whole.values()) + extra);
    // Beside weights, a part is a part of the graph.
    expect(split.body.length + split.head.length).toBeLessThan(bytes.length + extra + 8192);
  });
});
