import { decodeModel, encodeModel } from '@sakejs/onnx';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyLlama, writeRandomModel } from '../test/random-model.js';
import { checkLayers } from './capture.js';
import { openDecoder } from './decoder-sessions.js';
import { resolveConfig, type ModelConfig } from './model-config.js';
import { readModelFolder } from './model-folder.js';
import { splitDecoder, type SplitDecoder } from './split-decoder.js';

let root: string;
let config: ModelConfig;
let split: SplitDecoder;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-decoder-'));
  const { modelFile, stated } = await readModelFolder(await writeRandomModel(root, tinyLlama));
  split = splitDecoder({ model: decodeModel(await readFile(modelFile)), folder: undefined });
  config = resolveConfig(stated, { ...split.map, layers: undefined });
});
afterAll(() => rm(root, { recursive: true }));

describe('openDecoder', () => {
  it('goes on from a cache as if it had read the whole sequence', async () => {
    await using decoder = await openDecoder(split, config, 1);
    expect(decoder.cached).toBe(true);
    const whole = await decoder.forward([[3, 1, 4, 1, 5]], { layers: [1] });
    const { cache } = await decoder.forward([[3, 1, 4]], { layers: [], keepCache: true });
    expect(cache!.length).toBe(3);
    const rest = await decoder.forward([[1, 5]], { layers: [1], cache: cache! });
    const d = config.hiddenSize;
    // float32 sums in another order
    for (let index = 0; index < 2 * d; index++) {
      expect(rest.hidden[index]).toBeCloseTo(whole.hidden[3 * d + index]!, 4);
      expect(rest.layers.get(1)![index]).toBeCloseTo(whole.layers.get(1)![3 * d + index]!, 4);
    }
  });

  it('refuses a graph with inputs it does not know', async () => {
    const model = decodeModel(split.body);
    const rename = (name: string): string => (name === 'position_ids' ? 'token_type_ids' : name);
    const { graph } = model;
    const renamed = {
      ...graph,
      inputs: graph.inputs.map((input) => ({ ...input, name: rename(input.name) })),
      nodes: graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(rename) })),
    };
    const body = encodeModel({ ...model, graph: renamed });
    await expect(openDecoder({ ...split, body }, config, 1)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('token_type_ids'),
    });
  });

  it('refuses layers that the graph does not show', async () => {
    await using decoder = await openDecoder(
      { ...split, map: { ...split.map, residuals: undefined } },
      config,
      1,
    );
    const model = { decoder, layers: 3 };
    expect(() => checkLayers([], model, 'observe')).not.toThrow();
    expect(() => checkLayers([1], model, 'observe')).toThrow(/observe: expected a graph that shows/);
  });

  it("refuses another model's config", async () => {
    for (const other of [{ hiddenSize: 16 }, { layers: 4 }])
      await expect(openDecoder(split, { ...config, ...other }, 1)).rejects.toMatchObject({
        code: 'invalid-file',
      });
  });
});
