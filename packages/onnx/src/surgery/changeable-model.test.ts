import { createRandom } from '@sakejs/spec';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decoderFeeds, difference, gpt2, gptj, llama, sequence } from '../../test/decoder-feeds.js';
import { plainForward, randomWeights } from '../../test/plain-forward.js';
import { decodeModel } from '../codec/decode-model.js';
import { encodeModel } from '../codec/encode-model.js';
import { buildDecoder } from '../decoder/build-decoder.js';
import type { DecoderConfig } from '../decoder/config.js';
import { doubles, evaluate, type RefTensor } from '../reference/index.js';
import { bodyModel } from './body-model.js';
import { changeableModel } from './changeable-model.js';
import { findDecoder } from './find-decoder.js';

const ids = [3, 16, 0, 7];
const families: [string, DecoderConfig, string][] = [
  ['GPT-2', gpt2, 'transformer.h.0.mlp.c_proj.weight'],
  ['GPT-J', gptj, 'transformer.h.0.mlp.fc_out.weight'],
  ['LLaMA', llama, 'model.layers.0.mlp.down_proj.weight'],
];

/** Seeded values around 0. */
function random(dims: readonly number[], seed = 'delta'): RefTensor {
  const source = createRandom(seed);
  const count = dims.reduce((product, size) => product * size, 1);
  return doubles(
    dims,
    Array.from({ length: count }, () => source.normal() * 0.3),
  );
}

/** Hidden states of the changed model, [length, hiddenSize]. */
function changed(
  model: ReturnType<typeof changeableModel>['model'],
  config: DecoderConfig,
  feeds: Readonly<Record<string, RefTensor>>,
  output = 'last_hidden_state',
): number[][] {
  const body = decodeModel(encodeModel(bodyModel(model, { outputs: [output], cache: false })));
  const outputs = evaluate(body, { ...decoderFeeds(config, { ids: [ids] }), ...feeds });
  return sequence(outputs[output]!, 0);
}

describe('changeableModel', () => {
  it.each(families)('computes as the model with the changed weight does: %s', (_, config, name) => {
    const weights = randomWeights(config);
    const plain = buildDecoder(config, weights);
    const { model, inputs } = changeableModel(plain, { lowRank: [0, 1], dense: [0] });
    const [k, d, rank] = [config.intermediateSize, config.hiddenSize, 3];
    const [u, v, dense] = [random([d, rank], 'u'), random([rank, k], 'v'), random([k, d], 'dense')];
    const { lowRank } = inputs;
    const hidden = changed(model, config, {
      [lowRank.get(0)!.u]: u,
      [lowRank.get(0)!.v]: v,
      [lowRank.get(1)!.u]: doubles([d, 1], new Array<number>(d).fill(0)),
      [lowRank.get(1)!.v]: random([1, k]),
      [inputs.dense.get(0)!]: dense,
    });

    const down = weights.get(name)!;
    const data = Float64Array.from(down.data);
    for (let i = 0; i < k; i++)
      for (let o = 0; o < d; o++) {
        let delta = Number(dense.data[i * d + o]);
        for (let r = 0; r < rank; r++) delta += Number(u.data[o * rank + r]) * Number(v.data[r * k + i]);
        // Conv1D stores [in, out], Linear [out, in].
        data[down.shape[0] === k ? i * d + o : o * k + i]! += delta;
      }
    const edited = new Map([...weights, [name, { shape: down.shape, data }]]);
    // Constants are stored in float32.
    expect(difference(hidden, plainForward(config, edited, ids).hidden)).toBeLessThan(1e-6);
    expect(difference(hidden, plainForward(config, weights, ids).hidden)).toBeGreaterThan(1e-2);
  });

  it.each(families)('adds to the residual stream after a block, which shows the sum: %s', (_, config) => {
    const weights = randomWeights(config);
    const plain = buildDecoder(config, weights);
    const { model, inputs } = changeableModel(plain, { stream: [0] });
    const delta = random([1, ids.length, config.hiddenSize]);
    const stream = changed(model, config, { [inputs.stream.get(0)!]: delta }, 'resid_post.0');
    const expected = plainForward(config, weights, ids).residuals[0]!.map((state, t) =>
      state.map((value, i) => value + Number(delta.data[t * config.hiddenSize + i])),
    );
    expect(difference(stream, expected)).toBeLessThan(1e-6);
    const after = changed(model, config, { [inputs.stream.get(0)!]: delta });
    expect(difference(after, plainForward(config, weights, ids).hidden)).toBeGreaterThan(1e-2);
  });

  it('shares the weights of the model and leaves the model alone', () => {
    const plain = buildDecoder(llama, randomWeights(llama), { storage: 'int4' });
    const before = encodeModel(plain);
    const { model } = changeableModel(plain, { lowRank: [1], stream: [0] });
    expect(model.graph.initializers).toEqual(plain.graph.initializers);
    expect(model.graph.initializers[0]).toBe(plain.graph.initializers[0]);
    expect(encodeModel(plain)).toEqual(before);
  });

  it.each([
    'qwen2-optimum.onnx',
    'qwen2-dynamo.onnx',
    'qwen2-ort-extended.onnx',
    'qwen2-int8.onnx',
    'qwen2-q4f16.onnx',
    'qwen2-genai/model.onnx',
    'qwen2-genai-int4/model.onnx',
  ])('is a whole graph in a real export: %s', (name) => {
    const plain = decodeModel(readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url)));
    const map = findDecoder(plain);
    const { model, inputs } = changeableModel(plain, { lowRank: [0, 2], dense: [1], stream: [0, 2] }, map);
    const body = bodyModel(model, { outputs: [map.hiddenTensor, ...map.residuals!] });
    const declared = body.graph.inputs.map((input) => input.name);
    const { lowRank, dense, stream } = inputs;
    expect(declared).toEqual(
      expect.arrayContaining([
        ...[...lowRank.values()].flatMap(({ u, v }) => [u, v]),
        ...dense.values(),
        ...stream.values(),
      ]),
    );
    const made = new Set([...body.graph.initializers, ...body.graph.inputs].map((value) => value.name));
    for (const node of body.graph.nodes) {
      expect(node.inputs.filter((input) => input !== '' && !made.has(input))).toEqual([]);
      for (const output of node.outputs) made.add(output);
    }
  });

  it('refuses blocks that are not there', () => {
    const plain = buildDecoder(llama, randomWeights(llama));
    expect(() => changeableModel(plain, { lowRank: [2] })).toThrow('expected a block in [0, 2), got 2');
    expect(() => changeableModel(plain, { stream: [-1] })).toThrow('expected a block in [0, 2), got -1');
  });
});
