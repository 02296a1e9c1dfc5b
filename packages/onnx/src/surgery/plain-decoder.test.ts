import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decoderFeeds, gpt2 } from '../../test/decoder-feeds.js';
import { randomWeights } from '../../test/plain-forward.js';
import { float, floatAttribute, int, subgraph } from '../attributes.js';
import { decodeModel } from '../codec/decode-model.js';
import { encodeModel } from '../codec/encode-model.js';
import { buildDecoder } from '../decoder/build-decoder.js';
import { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxFunction, type OnnxGraph, type OnnxModel } from '../ir.js';
import { doubles, evaluate } from '../reference/index.js';
import { decoderLayout } from './decoder-layout.js';
import { findDecoder } from './find-decoder.js';
import { inlineBranches } from './inline-branches.js';
import { inlineFunctions } from './inline-functions.js';
import { plainDecoder } from './plain-decoder.js';

const fixture = (name: string): OnnxModel =>
  decodeModel(readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url)));

/** A decoder inside a node that generates text: its weights lie around it, as exporters move them. */
function generation(op: string, encoder = false): OnnxModel {
  const decoder = buildDecoder(gpt2, randomWeights(gpt2));
  const nested: OnnxGraph = { ...decoder.graph, name: 'decoder', initializers: [] };
  const builder = new GraphBuilder();
  builder.graph.initializers.push(...decoder.graph.initializers);
  // The graph around has ids of its own, and a tensor that is named as one within.
  builder.input('input_ids', DataType.INT32, ['batch', 'length']);
  builder.graph.nodes.push({
    opType: op,
    domain: 'com.microsoft',
    name: 'search',
    inputs: ['input_ids'],
    outputs: ['sequences'],
    attributes: [
      { name: 'decoder', ...subgraph(nested) },
      ...(encoder ? [{ name: 'encoder', ...subgraph(nested) }] : []),
    ],
  });
  builder.graph.outputs.push({ name: 'sequences' });
  return { ...decoder, graph: builder.graph };
}

/** y = 2x if `flag`, else -x; with `nested`, the first branch asks again whether 1. */
function branches(flag: string | undefined, nested = false): GraphBuilder {
  const builder = new GraphBuilder();
  builder.input('x', DataType.FLOAT, [2]);
  builder.constant([2], [], { name: 'two', type: DataType.FLOAT });
  if (flag !== undefined) builder.input(flag, DataType.BOOL, []);
  const condition = flag ?? builder.constant([1], [], { name: 'yes', type: DataType.BOOL });
  const branch = (op: string, inputs: string[], asks = false, output = 'two_or_minus'): OnnxGraph => {
    const inner = new GraphBuilder('branch');
    // Both branches name their tensors alike, and as one of the graph around.
    inner.node(op, inputs, { outputs: [output] });
    if (asks)
      inner.node('If', [inner.constant([1], [], { name: 'again', type: DataType.BOOL })], {
        outputs: ['result'],
        attributes: {
          then_branch: subgraph(branch('Identity', ['two_or_minus'], false, 'kept')),
          else_branch: subgraph(branch('Neg', ['two_or_minus'], false, 'turned')),
        },
      });
    inner.graph.outputs.push({ name: asks ? 'result' : output });
    return inner.graph;
  };
  builder.node('Identity', ['x'], { outputs: ['two_or_minus'] });
  builder.node('If', [condition], {
    name: 'if',
    outputs: ['y'],
    attributes: {
      then_branch: subgraph(branch('Mul', ['x', 'two'], nested)),
      else_branch: subgraph(branch('Neg', ['x'])),
    },
  });
  builder.node('Add', ['y', 'two_or_minus'], { outputs: ['z'] });
  builder.output('z', DataType.FLOAT);
  return builder;
}

describe('plainDecoder', () => {
  it('gives a plain decoder back as it is', () => {
    const model = buildDecoder(gpt2, randomWeights(gpt2));
    expect(plainDecoder(model)).toBe(model);
    expect(decoderLayout(model)).toEqual({ kind: 'plain' });
  });

  it.each(['qwen2-merged.onnx', 'qwen2-merged-quantized.onnx'])('specialises a merged export: %s', (name) => {
    const model = fixture(name);
    expect(decoderLayout(model)).toMatchObject({ kind: 'merged', condition: 'use_cache_branch' });
    const [cached, first] = [plainDecoder(model), plainDecoder(model, { useCache: false })];
    for (const { graph } of [cached, first]) {
      expect(graph.nodes.some(({ opType }) => opType === 'If')).toBe(false);
      expect(graph.outputs).toEqual(model.graph.outputs);
      expect(graph.initializers.every((tensor) => model.graph.initializers.includes(tensor))).toBe(true);
    }
    expect(findDecoder(cached).cache).toHaveLength(6);
    expect(first.graph.inputs.map((input) => input.name)).toEqual([
      'input_ids',
      'attention_mask',
      'position_ids',
    ]);
    expect(findDecoder(first)).toMatchObject({ cache: [], inputs: { others: [] } });
    // The mask covers the past: it must not be declared to be as long as the ids.
    const mask = (one: OnnxModel): unknown =>
      one.graph.inputs.find((input) => input.name === 'attention_mask')!.type!.tensor!.shape![1]!.param;
    expect(mask(first)).toBe('sequence_length');
    expect(mask(cached)).toBe('past_sequence_length + sequence_length');
  });

  it.each(['BeamSearch', 'GreedySearch', 'Sampling'])('takes a decoder out of %s', (op) => {
    const model = decodeModel(encodeModel(generation(op)));
    expect(() => findDecoder(model)).toThrow(
      `inside com.microsoft:${op} "search"; take it out with plainDecoder`,
    );
    const decoder = plainDecoder(model);
    const expected = buildDecoder(gpt2, randomWeights(gpt2));
    const feeds = decoderFeeds(gpt2, { ids: [[3, 16, 0]] });
    expect(evaluate(decoder, feeds)['logits']).toEqual(evaluate(expected, feeds)['logits']);
    expect(findDecoder(decoder)).toMatchObject({
      hiddenTensor: 'last_hidden_state',
      inputs: { ids: 'input_ids' },
    });
    expect(decoder.graph.initializers.every((tensor) => model.graph.initializers.includes(tensor))).toBe(
      true,
    );
  });

  it('takes the decoder of every step, not that of the first, and lets its length be open', () => {
    const model = generation('GreedySearch');
    const search = model.graph.nodes[0]!;
    const nested = search.attributes.find(({ name }) => name === 'decoder')!.g!;
    // As the converter declares it, next to a graph for the first step that gives the last position only.
    for (const { type } of [...nested.inputs.slice(0, 1), nested.outputs[0]!])
      type!.tensor!.shape![1] = { value: 1 };
    const again = { ...nested.nodes.at(-1)!, name: 'again', outputs: ['again'] };
    const first = { ...nested, nodes: [...nested.nodes, again] };
    search.attributes.push({ name: 'init_decoder', ...subgraph(first) });
    const { graph } = plainDecoder(model, { useCache: false });
    expect(graph.nodes).toHaveLength(nested.nodes.length);
    for (const { type } of [graph.inputs.find(({ name }) => name === 'input_ids')!, graph.outputs[0]!])
      expect(type!.tensor!.shape![1]).toEqual({});
    expect(graph.inputs.find(({ name }) => name.startsWith('past'))).toEqual(
      nested.inputs.find(({ name }) => name.startsWith('past')),
    );
  });

  it('cuts off logits that the node says are padding', () => {
    const model = generation('BeamSearch');
    const whole = plainDecoder(model);
    model.graph.nodes[0]!.attributes.push({ name: 'vocab_size', ...int(gpt2.vocabularySize - 2) });
    const cut = plainDecoder(decodeModel(encodeModel(model)));
    expect(findDecoder(cut)).toMatchObject({
      hiddenTensor: 'last_hidden_state',
      vocabularySize: gpt2.vocabularySize - 2,
    });
    const feeds = decoderFeeds(gpt2, { ids: [[3, 16, 0]] });
    const [all, some] = [whole, cut].map((one) => evaluate(one, feeds)['logits']!);
    expect(some!.dims).toEqual([1, 3, gpt2.vocabularySize - 2]);
    const rows = Array.from(all!.data).filter((_, at) => at % gpt2.vocabularySize < gpt2.vocabularySize - 2);
    expect(Array.from(some!.data)).toEqual(rows);
  });

  it('refuses a condition that depends on itself', () => {
    const builder = branches(undefined);
    const identity = (from: string, to: string) => builder.node('Identity', [from], { outputs: [to] });
    identity('ring_b', 'ring_a');
    identity('ring_a', 'ring_b');
    builder.graph.nodes.find(({ opType }) => opType === 'If')!.inputs[0] = 'ring_a';
    expect(() => plainDecoder(builder.build({ opset: 18 }))).toThrow('a cycle of 2 nodes');
  });

  it('refuses an encoder-decoder', () => {
    expect(() => plainDecoder(generation('BeamSearch', true))).toThrow('"search" with an encoder');
  });
});

describe('inlineBranches', () => {
  const x = doubles([2], [1.5, -4]);

  it.each([
    [true, [4.5, -12]],
    [false, [0, 0]],
  ])('writes out the branch of a condition that is %s', (flag, expected) => {
    const model = branches('flag').build({ opset: 18 });
    const graph = inlineBranches(model.graph, new Map([['flag', flag]]));
    expect(graph.nodes.some(({ opType }) => opType === 'If')).toBe(false);
    expect([...evaluate({ ...model, graph }, { x })['z']!.data]).toEqual(expected);
  });

  it('decides constant conditions by itself, those within branches too', () => {
    const model = branches(undefined, true).build({ opset: 18 });
    const graph = inlineBranches(model.graph);
    expect(graph.nodes.some(({ opType }) => opType === 'If')).toBe(false);
    expect([...evaluate({ ...model, graph }, { x })['z']!.data]).toEqual([4.5, -12]);
  });

  it('leaves conditions alone that are computed', () => {
    const { graph } = branches('flag');
    expect(inlineBranches(graph)).toBe(graph);
  });
});

/** y = scaled(x) twice, where scaled is a function x -> factor * twice(x) with a factor of 3 unless told. */
function withFunctions(version = 18): OnnxModel {
  const builder = new GraphBuilder();
  const x = builder.input('x', DataType.FLOAT, [2]);
  const once = builder.node('Scaled', [x], { domain: 'org.example' });
  builder.node('Scaled', [once], {
    domain: 'org.example',
    outputs: ['y'],
    attributes: { factor: float(0.5) },
  });
  builder.output('y', DataType.FLOAT);
  const node = (
    opType: string,
    inputs: string[],
    outputs: string[],
    domain = '',
  ): OnnxFunction['nodes'][0] => ({
    opType,
    domain,
    name: opType,
    inputs,
    outputs,
    attributes: [],
  });
  const common = {
    domain: 'org.example',
    inputs: ['x'],
    outputs: ['y'],
    opsetImports: [{ domain: '', version }],
  };
  const factor = node('Constant', [], ['factor']);
  factor.attributes.push({ name: 'value_float', type: 1, refAttrName: 'factor' });
  const functions: OnnxFunction[] = [
    { ...common, name: 'Twice', nodes: [node('Add', ['x', 'x'], ['y'])] },
    {
      ...common,
      name: 'Scaled',
      attributeDefaults: [{ name: 'factor', ...float(3) }],
      nodes: [
        factor,
        node('Twice', ['x'], ['double'], 'org.example'),
        node('Mul', ['double', 'factor'], ['y']),
      ],
    },
  ];
  return { ...builder.build({ opset: 18, domains: { 'org.example': 1 } }), functions };
}

/** A merged graph whose branches alone call functions: y = scaled(x) if `use_cache_branch`, by way of a further `If`. */
function functionsInBranches(deep: boolean): OnnxModel {
  const model = withFunctions();
  const branch = (op: string, domain: string, output: string): OnnxGraph => {
    const inner = new GraphBuilder('branch');
    inner.node(op, ['x'], { domain, outputs: [output] });
    inner.graph.outputs.push({ name: output });
    return inner.graph;
  };
  const builder = new GraphBuilder();
  builder.input('x', DataType.FLOAT, [2]);
  builder.input('use_cache_branch', DataType.BOOL, [1]);
  let taken = branch('Scaled', 'org.example', 'scaled');
  if (deep) {
    const outer = new GraphBuilder('outer');
    outer.node('If', [outer.constant([1], [], { name: 'again', type: DataType.BOOL })], {
      outputs: ['deep'],
      attributes: { then_branch: subgraph(taken), else_branch: subgraph(branch('Abs', '', 'abs')) },
    });
    outer.graph.outputs.push({ name: 'deep' });
    taken = outer.graph;
  }
  builder.node('If', ['use_cache_branch'], {
    outputs: ['y'],
    attributes: { then_branch: subgraph(taken), else_branch: subgraph(branch('Neg', '', 'turned')) },
  });
  builder.output('y', DataType.FLOAT);
  return { ...model, graph: builder.graph };
}

describe('plainDecoder of functions that only nested graphs call', () => {
  it.each([false, true])('writes them out with the branch that is taken, in a further branch: %s', (deep) => {
    const model = decodeModel(encodeModel(functionsInBranches(deep)));
    const x = doubles([2], [1.5, -4]);
    const [cached, first] = [plainDecoder(model), plainDecoder(model, { useCache: false })];
    expect(cached.graph.nodes.map(({ opType }) => opType).sort()).toEqual(['Add', 'Constant', 'Mul']);
    expect([...evaluate(cached, { x })['y']!.data]).toEqual([9, -24]);
    expect([...evaluate(first, { x })['y']!.data]).toEqual([-1.5, 4]);
  });

  it('keeps functions that a nested graph of a nested graph calls', () => {
    const model = functionsInBranches(true);
    const condition = { ...model.graph.nodes[0]!, outputs: ['y'] };
    // Without a graph input that decides it, the condition is computed.
    const shown = { ...model.graph, nodes: [condition] };
    expect(inlineFunctions({ ...model, graph: shown }).functions).toHaveLength(2);
  });
});

describe('inlineFunctions', () => {
  it('writes out calls within calls, with the attributes of each', () => {
    const model = inlineFunctions(decodeModel(encodeModel(withFunctions())));
    expect(model.functions).toBeUndefined();
    expect(new Set(model.graph.nodes.map(({ opType }) => opType))).toEqual(
      new Set(['Constant', 'Add', 'Mul']),
    );
    const factors = model.graph.nodes
      .filter(({ opType }) => opType === 'Constant')
      .map((one) => floatAttribute(one, 'value_float', undefined));
    expect(factors).toEqual([3, 0.5]);
    const made = model.graph.nodes.flatMap(({ outputs }) => outputs);
    expect(new Set(made).size).toBe(made.length);
  });

  it('gives a model without functions back as it is', () => {
    const model = branches('flag').build({ opset: 18 });
    expect(inlineFunctions(model)).toBe(model);
  });

  it('refuses functions of another operator set', () => {
    expect(() => inlineFunctions(withFunctions(13))).toThrow(
      'to use operator set 18 as the model does, got 13',
    );
  });

  it('refuses functions that call themselves', () => {
    const model = withFunctions();
    model.functions![0]!.nodes[0] = {
      ...model.functions![0]!.nodes[0]!,
      opType: 'Twice',
      domain: 'org.example',
      attributes: [{ name: 'n', ...int(1) }],
    };
    expect(() => inlineFunctions(model)).toThrow('at most 64 levels');
  });
});
