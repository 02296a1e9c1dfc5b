import { readFileSync } from 'node:fs';
import { isSakeError } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { gpt2, llama } from '../../test/decoder-feeds.js';
import { randomWeights } from '../../test/plain-forward.js';
import { float, int, ints } from '../attributes.js';
import { decodeModel } from '../codec/decode-model.js';
import { buildDecoder } from '../decoder/build-decoder.js';
import type { DecoderConfig } from '../decoder/config.js';
import { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { findDecoder } from './find-decoder.js';

const fixture = (name: string): OnnxModel =>
  decodeModel(readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url)));

/** A model of one head: `head` appends what lies between the hidden states [b, s, 4] and the logits of 6 tokens. */
function withHead(head: (builder: GraphBuilder, hidden: string) => string): OnnxModel {
  const builder = new GraphBuilder();
  const ids = builder.input('input_ids', DataType.INT64, ['b', 's']);
  const table = builder.constant(new Float32Array(24), [6, 4], { name: 'table' });
  const hidden = builder.node('Gather', [table, ids], { outputs: ['hidden_states'] });
  builder.node('Identity', [head(builder, hidden)], { outputs: ['logits'] });
  builder.output('logits', DataType.FLOAT, ['b', 's', 6]);
  return builder.build({ opset: 18, domains: { 'com.microsoft': 1 } });
}

const matrix = (builder: GraphBuilder, rows: number, columns: number): string =>
  builder.constant(new Float32Array(rows * columns), [rows, columns], { name: 'head' });

describe('findDecoder', () => {
  it.each([
    ['GPT-2', gpt2],
    ['GPT-2 with its own head', { ...gpt2, tieWordEmbeddings: false }],
    ['LLaMA', llama],
    [
      'LLaMA with biases and a tied head',
      { ...llama, qkvBias: true, mlpBias: true, tieWordEmbeddings: true },
    ],
  ] satisfies [string, DecoderConfig][])('finds every part of a built decoder: %s', (_, config) => {
    for (const storage of ['float32', 'float16'] as const) {
      const found = findDecoder(buildDecoder(config, randomWeights(config), { storage }));
      expect(found).toMatchObject({
        logits: 'logits',
        hiddenTensor: 'last_hidden_state',
        head: { op: 'MatMul' },
        residuals: ['resid_post.0', 'resid_post.1'],
        inputs: { ids: 'input_ids', mask: 'attention_mask', positions: 'position_ids' },
        hiddenSize: config.hiddenSize,
        vocabularySize: config.vocabularySize,
      });
      expect(found.cache).toHaveLength(4);
      expect(found.cache[3]).toEqual({ input: 'past_key_values.1.value', output: 'present.1.value' });
    }
  });

  const layer = (i: number): string => `/model/layers.${i}/Add_1_output_0`;
  it.each([
    ['qwen2-optimum.onnx', '/model/norm/Mul_1_output_0', [0, 1, 2].map(layer), 6, 'position_ids'],
    ['qwen2-torchscript.onnx', '/model/norm/Mul_1_output_0', [0, 1, 2].map(layer), 6, 'position_ids'],
    ['qwen2-dynamo.onnx', 'mul_864', ['add_369', 'add_648', 'add_927'], 0, undefined],
  ])('finds every part of a real export: %s', (name, hiddenTensor, residuals, pairs, positions) => {
    const found = findDecoder(fixture(name));
    expect(found).toMatchObject({
      logits: 'logits',
      hiddenTensor,
      residuals,
      hiddenSize: 64,
      vocabularySize: 320,
      inputs: { positions },
    });
    expect(found.cache).toHaveLength(pairs);
  });

  it.each<[string, (builder: GraphBuilder, hidden: string) => string, string[]]>([
    [
      'a Gemm between Reshapes',
      (builder, hidden) => {
        const flat = builder.node('Reshape', [hidden, builder.int64s([-1, 4])]);
        const product = builder.node('Gemm', [flat, matrix(builder, 6, 4)], {
          attributes: { transB: int(1) },
        });
        return builder.node('Reshape', [product, builder.int64s([1, -1, 6])]);
      },
      ['Reshape', 'Gemm', 'Reshape', 'Identity'],
    ],
    [
      'a FusedMatMul with a bias, a scale and a soft cap',
      (builder, hidden) => {
        const product = builder.node('FusedMatMul', [hidden, matrix(builder, 6, 4)], {
          domain: 'com.microsoft',
          attributes: { transB: int(1), alpha: float(0.5) },
        });
        const biased = builder.node('Add', [
          builder.constant(new Float32Array(6), [6], { name: 'bias' }),
          product,
        ]);
        return builder.node('Tanh', [builder.node('Div', [biased, builder.scalar(30)])]);
      },
      ['FusedMatMul', 'Add', 'Div', 'Tanh', 'Identity'],
    ],
    [
      'a MatMul in half precision on a dequantized, transposed matrix',
      (builder, hidden) => {
        const stored = builder.constant(new Int8Array(24), [6, 4], { name: 'head' });
        const float = builder.node('DequantizeLinear', [stored, builder.scalar(0.1)]);
        const turned = builder.node('Transpose', [float], { attributes: { perm: ints([1, 0]) } });
        const half = (x: string): string => builder.node('Cast', [x], { attributes: { to: int(10) } });
        return builder.node('Cast', [builder.node('MatMul', [half(hidden), half(turned)])], {
          attributes: { to: int(1) },
        });
      },
      ['Cast', 'MatMul', 'Cast', 'Identity'],
    ],
  ])('finds a head made of %s', (_, head, path) => {
    const found = findDecoder(withHead(head));
    expect(found).toMatchObject({ hiddenTensor: 'hidden_states', hiddenSize: 4, vocabularySize: 6 });
    expect(found.head.path.map(({ opType }) => opType)).toEqual(path);
  });

  it('leaves initializers that are also declared as inputs out of the inputs', () => {
    const model = buildDecoder(gpt2, randomWeights(gpt2));
    model.graph.inputs.push({ name: 'transformer.ln_f.weight' });
    expect(findDecoder(model).hiddenTensor).toBe('last_hidden_state');
  });

  it.each([
    [
      'dynamo',
      (name: string) => name.replace(/^past_key_values\.(\d)\.(\w+)$/, 'past_key_values_$2_cache_$1'),
    ],
    ['an exporter of its own mind', (name: string) => name.replace(/^past_key_values/, 'in')],
  ])('pairs a cache named by %s with what it grows into', (_, rename) => {
    const { graph, ...model } = buildDecoder(llama, randomWeights(llama));
    const named = (name: string): string => rename(name).replace(/^present\.(\d)\./, 'cat_$1_');
    const ports = (infos: typeof graph.inputs) => infos.map((info) => ({ ...info, name: named(info.name) }));
    const nodes = graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(named),
      outputs: node.outputs.map(named),
    }));
    const found = findDecoder({
      ...model,
      graph: { ...graph, nodes, inputs: ports(graph.inputs), outputs: ports(graph.outputs) },
    });
    expect(found.cache).toEqual(
      [0, 1].flatMap((layer) =>
        ['key', 'value'].map((part) => ({
          input: named(`past_key_values.${layer}.${part}`),
          output: `cat_${layer}_${part}`,
        })),
      ),
    );
    expect(found.inputs.others).toEqual([]);
  });

  it('refuses a past that grows into nothing', () => {
    const model = buildDecoder(llama, randomWeights(llama));
    model.graph.outputs.splice(1, 1);
    expect(() => findDecoder(model)).toThrow(/"present\.0\.key" for the input "past_key_values\.0\.key"/);
  });

  it('has no residual stream where additions are hidden in norms', () => {
    const model = withHead((builder, hidden) => {
      const scale = builder.constant(new Float32Array(4), [4], { name: 'scale' });
      const normed = builder.node('SkipLayerNormalization', [hidden, hidden, scale], {
        domain: 'com.microsoft',
      });
      return builder.node('MatMul', [normed, matrix(builder, 4, 6)]);
    });
    expect(findDecoder(model).residuals).toBeUndefined();
  });

  it.each<[string, () => OnnxModel, string]>([
    [
      'a head without a constant matrix',
      () => withHead((builder, hidden) => builder.node('MatMul', [hidden, hidden])),
      'got MatMul -> Identity',
    ],
    [
      'a head of another operator',
      () => withHead((builder, hidden) => builder.node('Einsum', [hidden, matrix(builder, 4, 6)])),
      'got Einsum -> Identity',
    ],
    [
      'a graph without token ids',
      () => {
        const builder = new GraphBuilder();
        const tokens = builder.input('tokens', DataType.FLOAT, ['b', 's', 4]);
        const hidden = builder.node('Tanh', [tokens]);
        builder.node('MatMul', [hidden, matrix(builder, 4, 6)], { outputs: ['logits'] });
        builder.output('logits', DataType.FLOAT, ['b', 's', 6]);
        return builder.build({ opset: 18 });
      },
      'expected an input "input_ids" or one that looks up embeddings, got tokens',
    ],
    [
      'a graph without logits',
      () => {
        const model = buildDecoder(gpt2, randomWeights(gpt2));
        model.graph.outputs.shift();
        return model;
      },
      'expected an output "logits", got present.0.key',
    ],
    [
      'an export of hidden states alone',
      () => {
        const model = fixture('qwen2-genai/model.onnx');
        const outputs = model.graph.outputs.map((output) =>
          output.name === 'logits' ? { ...output, name: 'hidden_states' } : output,
        );
        const head = model.graph.nodes.find((node) => node.outputs[0] === 'logits')!;
        const named = (name: string): string => (name === head.inputs[0] ? 'hidden_states' : name);
        const nodes = model.graph.nodes
          .filter((node) => node !== head)
          .map((node) => ({ ...node, outputs: node.outputs.map(named) }));
        return { ...model, graph: { ...model.graph, nodes, outputs } };
      },
      'got "hidden_states": this export has hidden states and no head',
    ],
    [
      'a past without a present',
      () => {
        const model = buildDecoder(gpt2, randomWeights(gpt2));
        model.graph.outputs.pop();
        return model;
      },
      'expected an output "present.1.value" for the input "past_key_values.1.value"',
    ],
  ])('refuses %s', (_, build, message) => {
    const refused = (): unknown => findDecoder(build());
    expect(refused).toThrow(message);
    expect(refused).toThrow(
      expect.toSatisfy((error: unknown) => isSakeError(error) && error.code === 'unsupported'),
    );
  });
});
