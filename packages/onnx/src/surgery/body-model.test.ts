import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decoderFeeds, difference, gpt2, llama, sequence } from '../../test/decoder-feeds.js';
import { plainForward, randomWeights } from '../../test/plain-forward.js';
import { decodeModel } from '../codec/decode-model.js';
import { encodeModel } from '../codec/encode-model.js';
import { buildDecoder } from '../decoder/build-decoder.js';
import type { DecoderConfig } from '../decoder/config.js';
import { evaluate } from '../reference/index.js';
import { bodyModel } from './body-model.js';
import { findDecoder } from './find-decoder.js';
import { headModel } from './head-model.js';

const ids = [3, 16, 0, 7];
const families: [string, DecoderConfig][] = [
  ['GPT-2', gpt2],
  ['LLaMA', llama],
];
const fixtures = ['qwen2-optimum.onnx', 'qwen2-torchscript.onnx', 'qwen2-dynamo.onnx'];

describe('bodyModel', () => {
  it.each(families)(
    'gives hidden states, residual streams and the cache, without the head: %s',
    (_, config) => {
      const weights = randomWeights(config);
      const model = buildDecoder(config, weights);
      const { hiddenTensor, residuals } = findDecoder(model);
      const body = bodyModel(model, { outputs: [hiddenTensor, ...residuals!] });
      expect(body.graph.outputs.map(({ name }) => name)).toEqual([
        'last_hidden_state',
        'resid_post.0',
        'resid_post.1',
        'present.0.key',
        'present.0.value',
        'present.1.key',
        'present.1.value',
      ]);
      const outputs = evaluate(decodeModel(encodeModel(body)), decoderFeeds(config, { ids: [ids] }));
      const expected = plainForward(config, weights, ids);
      // Constants are stored in float32.
      expect(difference(sequence(outputs['last_hidden_state']!, 0), expected.hidden)).toBeLessThan(1e-6);
      expect(difference(sequence(outputs['resid_post.1']!, 0), expected.residuals[1]!)).toBeLessThan(1e-6);
    },
  );

  it('leaves out what its outputs do not need', () => {
    const model = buildDecoder(llama, randomWeights(llama));
    const body = bodyModel(model, { outputs: ['resid_post.0'], cache: false });
    const names = body.graph.initializers.map(({ name }) => name);
    expect(names).toContain('model.layers.0.mlp.down_proj.weight_transposed');
    expect(names.filter((name) => name.startsWith('model.layers.1') || name.startsWith('lm_head'))).toEqual(
      [],
    );
    expect(body.graph.inputs.map(({ name }) => name)).not.toContain('past_key_values.1.key');
    expect(body.graph.outputs.map(({ name }) => name)).toEqual(['resid_post.0']);
  });

  it('shares the weights of the model and leaves the model alone', () => {
    const model = buildDecoder(llama, randomWeights(llama));
    const before = encodeModel(model);
    const body = bodyModel(model, { outputs: ['last_hidden_state'] });
    expect(body.graph.initializers.every((tensor) => model.graph.initializers.includes(tensor))).toBe(true);
    expect(encodeModel(model)).toEqual(before);
  });

  it('refuses tensors that are not there and names of the cache', () => {
    const model = buildDecoder(llama, randomWeights(llama));
    expect(() => bodyModel(model, { outputs: ['nothing'] })).toThrow('got "nothing"');
    expect(() => bodyModel(model, { outputs: ['present.0.key'] })).toThrow('not part of the cache');
    expect(() => bodyModel(model, { outputs: [] })).toThrow('got none');
  });
});

describe('headModel', () => {
  it.each(families)('gives the logits of hidden states: %s', (_, config) => {
    const weights = randomWeights(config);
    for (const tieWordEmbeddings of [false, true]) {
      const tied = { ...config, tieWordEmbeddings };
      const own = tieWordEmbeddings ? weights : randomWeights(tied);
      const model = buildDecoder(tied, own);
      const expected = plainForward(tied, own, ids);
      const feed = decoderFeeds(tied, { ids: [ids] });
      const hidden = evaluate(bodyModel(model, { outputs: ['last_hidden_state'] }), feed)[
        'last_hidden_state'
      ]!;
      const head = decodeModel(encodeModel(headModel(model)));
      expect(head.graph.initializers).toHaveLength(1);
      const { logits } = evaluate(head, {
        hidden: { ...hidden, dims: [ids.length, config.hiddenSize] },
      });
      expect(logits!.dims).toEqual([ids.length, config.vocabularySize]);
      expect(difference(sequence(logits!, 0), expected.logits)).toBeLessThan(1e-6);
    }
  });

  it.each(fixtures)('splits a real export into two whole graphs: %s', (name) => {
    const model = decodeModel(readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url)));
    const { hiddenTensor, residuals, cache } = findDecoder(model);
    const body = bodyModel(model, { outputs: [hiddenTensor, ...residuals!] }).graph;
    const head = headModel(model).graph;
    expect(body.outputs).toHaveLength(4 + cache.length);
    expect(head.nodes.map(({ opType }) => opType).at(-1)).toBe('MatMul');
    expect(head.initializers).toHaveLength(1);
    for (const graph of [body, head]) {
      const made = new Set([...graph.initializers, ...graph.inputs].map((value) => value.name));
      const missing: string[] = [];
      for (const node of graph.nodes) {
        missing.push(...node.inputs.filter((input) => input !== '' && !made.has(input)));
        for (const output of node.outputs) made.add(output);
      }
      missing.push(...graph.outputs.map((output) => output.name).filter((output) => !made.has(output)));
      expect(missing).toEqual([]);
    }
  });
});
