import { isSakeError } from '@sakejs/spec';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decoderFeeds, difference, gpt2, llama, sequence } from '../../test/decoder-feeds.js';
import { randomWeights } from '../../test/plain-forward.js';
import { int, ints } from '../attributes.js';
import { decodeModel } from '../codec/decode-model.js';
import { buildDecoder } from '../decoder/build-decoder.js';
import { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { doubles, evaluate } from '../reference/index.js';
import { bodyModel } from './body-model.js';
import { findDecoder } from './find-decoder.js';
import { HEAD_INPUT, headModel } from './head-model.js';

const ids = [3, 16, 0, 7];

/** `append` adds what lies behind hidden states [b, s, 4] of 6 embeddings and returns the output `logits`. */
function decoder(append: (builder: GraphBuilder, hidden: string, ids: string) => string): OnnxModel {
  const builder = new GraphBuilder();
  const tokens = builder.input('input_ids', DataType.INT64, ['b', 's']);
  const table = builder.constant(new Float32Array(24).fill(0.1), [6, 4], { name: 'table' });
  const hidden = builder.node('Gather', [table, tokens], { outputs: ['hidden_states'], name: 'embed' });
  const logits = append(builder, hidden, tokens);
  builder.graph.nodes.at(-1)!.outputs[0] = 'logits';
  if (logits !== builder.graph.nodes.at(-1)!.outputs[0]) builder.graph.outputs.push({ name: 'logits' });
  return builder.build({ opset: 18 });
}

const matrix = (builder: GraphBuilder, columns = 6): string =>
  builder.constant(new Float32Array(4 * columns).fill(0.2), [4, columns], { name: 'head' });

function refusal(attempt: () => unknown): unknown {
  try {
    attempt();
  } catch (error) {
    if (isSakeError(error)) return error;
    throw error;
  }
  return undefined;
}

describe('findDecoder with a hidden tensor named by hand', () => {
  it.each([
    ['GPT-2', gpt2],
    ['LLaMA', llama],
  ])('takes all between it and the logits for the head, the final norm too: %s', (_, config) => {
    const model = buildDecoder(config, randomWeights(config));
    const map = findDecoder(model, { hiddenTensor: 'resid_post.1' });
    expect(map).toMatchObject({
      hiddenTensor: 'resid_post.1',
      hiddenSize: config.hiddenSize,
      vocabularySize: config.vocabularySize,
      residuals: ['resid_post.0', 'resid_post.1'],
    });
    const feeds = decoderFeeds(config, { ids: [ids] });
    const { logits } = evaluate(model, feeds);
    const body = evaluate(bodyModel(model, { outputs: [map.hiddenTensor] }), feeds);
    const rows = { ...body['resid_post.1']!, dims: [ids.length, config.hiddenSize] };
    const split = evaluate(headModel(model, map), { [HEAD_INPUT]: rows })['logits']!;
    expect(split.dims).toEqual([ids.length, config.vocabularySize]);
    expect(difference(sequence(split, 0), sequence(logits!, 0))).toBeLessThan(1e-12);
  });

  it('takes a head of an operator that it does not know', () => {
    const model = decoder((builder, hidden) =>
      builder.node('Project', [hidden, matrix(builder)], { domain: 'org.example' }),
    );
    model.graph.outputs[0]!.type = { tensor: { elemType: 1, shape: [{}, {}, { value: 6 }] } };
    model.graph.valueInfo.push({
      name: 'hidden_states',
      type: { tensor: { elemType: 1, shape: [{}, {}, { value: 4 }] } },
    });
    expect(() => findDecoder(model)).toThrow('org.example:Project "Project" is no part of a head');
    expect(findDecoder(model, { hiddenTensor: 'hidden_states' })).toMatchObject({
      head: { op: 'org.example:Project', weight: 'head' },
      hiddenSize: 4,
      vocabularySize: 6,
    });
  });

  it.each<[string, string, string, string]>([
    [
      'a name that no node makes',
      'nothing',
      'not-found',
      'to name a tensor that a node makes, got "nothing"',
    ],
    ['the logits', 'logits', 'unsupported', 'got the logits themselves'],
    ['a tensor before attention', 'resid_post.0', 'unsupported', 'got logits that depend on "'],
    ['one of two ways', 'transformer.h.1.mlp.out', 'unsupported', 'got logits that depend on "'],
  ])('refuses %s', (_, hiddenTensor, code, message) => {
    const model = buildDecoder(gpt2, randomWeights(gpt2));
    const last = model.graph.nodes.find(({ outputs }) => outputs.includes('resid_post.1'))!;
    const name = hiddenTensor.endsWith('mlp.out') ? last.inputs[1]! : hiddenTensor;
    expect(refusal(() => findDecoder(model, { hiddenTensor: name }))).toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('findHead', () => {
  it('refuses a hidden tensor with attention behind it', () => {
    const model = decoder((builder, hidden) => {
      const bent = builder.node('Tanh', [hidden], { outputs: ['bent'] });
      const mixed = builder.node('MatMul', [builder.node('Softmax', [bent]), bent], { name: 'mix' });
      return builder.node('MatMul', [mixed, matrix(builder)]);
    });
    expect(refusal(() => findDecoder(model, { hiddenTensor: 'bent' }))).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('Softmax "Softmax" on the way, which mixes positions') as string,
    });
  });

  it('finds a head whose product is bent and cut, and takes rows of it', () => {
    const model = decoder((builder, hidden) => {
      const product = builder.node('MatMul', [hidden, matrix(builder, 9)]);
      const cut = builder.node('Slice', [
        product,
        builder.int64s([1]),
        builder.int64s([7]),
        builder.int64s([-1]),
      ]);
      return builder.node('Neg', [builder.node('Clip', [cut, builder.scalar(-1), builder.scalar(1)])]);
    });
    const map = findDecoder(model);
    expect(map).toMatchObject({ hiddenSize: 4, vocabularySize: 6 });
    const { logits } = evaluate(headModel(model, map), {
      [HEAD_INPUT]: doubles([2, 4], [1, 1, 1, 1, -9, 0, 0, 0]),
    });
    expect(logits!.dims).toEqual([2, 6]);
    expect([...logits!.data].map((value) => Math.round(Number(value) * 10))).toEqual([
      ...new Array<number>(6).fill(-8),
      ...new Array<number>(6).fill(10),
    ]);
  });

  it('keeps names of the graph apart from those of the head', () => {
    const model = decoder((builder, hidden) => {
      const product = builder.node('MatMul', [hidden, matrix(builder)], { outputs: ['hidden'] });
      const bias = builder.constant([1, 2, 3, 4, 5, 6], [6], { name: 'hidden.stored', type: DataType.FLOAT });
      return builder.node('Add', [product, bias]);
    });
    const { logits } = evaluate(headModel(model), { [HEAD_INPUT]: doubles([1, 4], [1, 0, 0, 0]) });
    expect([...logits!.data].map((value) => Number(value).toFixed(1))).toEqual(
      [1, 2, 3, 4, 5, 6].map((value) => (value + 0.2).toFixed(1)),
    );
  });

  it('says what it looked at, by operator and by name, and how to name the tensor', () => {
    const model = decoder((builder, hidden) =>
      builder.node('Tanh', [builder.node('MatMul', [hidden, hidden], { name: 'scores' })], { name: 'cap' }),
    );
    const error = refusal(() => findDecoder(model));
    expect(error).toMatchObject({
      code: 'unsupported',
      details: { logits: 'logits', nodes: ['cap', 'scores'] },
    });
    expect(String(error)).toContain('got MatMul -> Tanh (nodes "scores", "cap")');
    expect(String(error)).toContain('MatMul "scores": its operand "hidden_states" is not constant');
    expect(String(error)).toContain('--hidden-tensor NAME');
  });

  it('refuses a product whose matrix stands on the left, naming it', () => {
    const model = decoder((builder, hidden) => {
      const turned = builder.node('Transpose', [hidden], {
        attributes: { perm: ints([0, 2, 1]) },
        name: 'turn',
      });
      const left = builder.constant(new Float32Array(24).fill(0.2), [6, 4], { name: 'head' });
      const product = builder.node('MatMul', [left, turned], { name: 'product' });
      return builder.node('Transpose', [product], { attributes: { perm: ints([0, 2, 1]) }, name: 'back' });
    });
    const error = refusal(() => findDecoder(model));
    expect(error).toMatchObject({
      code: 'unsupported',
      details: { logits: 'logits', nodes: ['back', 'product'] },
    });
    expect(String(error)).toContain('MatMul "product": its matrix "head" stands before the activations');
    expect(String(error)).toContain('--hidden-tensor NAME');
  });

  it('refuses a model whose output is the hidden states', () => {
    const file = readFileSync(new URL('../../test/fixtures/qwen2-optimum.onnx', import.meta.url));
    const headless = decodeModel(file);
    headless.graph.outputs[0]!.name = findDecoder(headless).hiddenTensor;
    expect(refusal(() => findDecoder(headless))).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('depends on "') as string,
    });
  });
});

describe('findDecoder on what is no decoder', () => {
  it.each<[string, () => OnnxModel, string, string]>([
    [
      'a classifier',
      () => decoder((builder, hidden) => builder.node('MatMul', [hidden, matrix(builder, 2)])),
      'unsupported',
      'the vocabulary of 6 embeddings, got 2',
    ],
    [
      'the second half of an encoder-decoder',
      () => {
        const model = decoder((builder, hidden) => builder.node('MatMul', [hidden, matrix(builder)]));
        model.graph.inputs.push({ name: 'encoder_hidden_states' });
        return model;
      },
      'unsupported',
      'the output of an encoder',
    ],
    [
      'ids that are floats',
      () => {
        const model = decoder((builder, hidden) => builder.node('MatMul', [hidden, matrix(builder)]));
        model.graph.inputs[0]!.type!.tensor!.elemType = DataType.FLOAT;
        return model;
      },
      'invalid-file',
      '"input_ids" to be INT64 or INT32, got FLOAT',
    ],
    [
      'logits that are integers',
      () => {
        const model = decoder((builder, hidden) =>
          builder.node('Cast', [builder.node('MatMul', [hidden, matrix(builder)])], {
            attributes: { to: int(7) },
          }),
        );
        return model;
      },
      'invalid-file',
      '"logits" to be of a float type, got INT64',
    ],
  ])('refuses %s', (_, build, code, message) => {
    expect(refusal(() => findDecoder(build()))).toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  it('knows ids of any name by the table that they look up', () => {
    const model = decoder((builder, hidden) => builder.node('MatMul', [hidden, matrix(builder)]));
    model.graph.inputs[0]!.name = 'tokens';
    model.graph.nodes[0]!.inputs[1] = 'tokens';
    expect(findDecoder(model).inputs).toMatchObject({ ids: 'tokens', others: [] });
  });

  it('knows logits of any name by the largest head', () => {
    const model = buildDecoder(gpt2, randomWeights(gpt2));
    const { graph } = model;
    graph.nodes.find(({ outputs }) => outputs.includes('logits'))!.outputs[0] = 'output1';
    graph.outputs[0]!.name = 'output1';
    graph.outputs.push({ name: 'last_hidden_state' });
    expect(findDecoder(model)).toMatchObject({ logits: 'output1', hiddenTensor: 'last_hidden_state' });
  });
});
