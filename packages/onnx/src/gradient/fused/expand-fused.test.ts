import { describe, expect, it } from 'vitest';
import { float, int, type AttributeValue } from '../../attributes.js';
import { GraphBuilder, type Dimension } from '../../graph-builder.js';
import { DataType, type OnnxModel } from '../../ir.js';
import { doubles, evaluate } from '../../reference/index.js';
import { differentiate } from '../differentiate.js';
import { expandFused } from './expand-fused.js';
import { fusedRules } from './fused-rules.js';

interface NodeForm {
  readonly inputs: readonly (readonly Dimension[] | undefined)[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly domain?: string;
  /** Names of the outputs; the first is the model's. */
  readonly outputs?: readonly string[];
}

function modelOf(
  op: string,
  { inputs, attributes = {}, domain = 'com.microsoft', outputs = ['y'] }: NodeForm,
): OnnxModel {
  const builder = new GraphBuilder();
  const names = inputs.map((dims, i) => dims && builder.input(`x${i}`, DataType.FLOAT, dims));
  builder.node(op, names, { domain, attributes, outputs, name: 'fused' });
  builder.output(outputs[0]!, DataType.FLOAT);
  return builder.build({ opset: 23, domains: { 'com.microsoft': 1 } });
}

const expand = (model: OnnxModel): OnnxModel => expandFused(model, { from: ['x0'], except: () => false });

describe('expandFused', () => {
  const norm = modelOf('SkipLayerNormalization', {
    inputs: [[2, 3], [2, 3], [3]],
    outputs: ['y', '', '', 'sum'],
    attributes: { epsilon: float(1e-5) },
  });

  it('keeps names, and lets the parts read each other under them', () => {
    const { graph } = expand(norm);
    expect(graph.nodes.map(({ opType, inputs, outputs }) => [opType, inputs, outputs])).toEqual([
      ['Add', ['x0', 'x1'], ['sum']],
      ['LayerNormalization', ['sum', 'x2'], ['y']],
    ]);
    expect(graph.inputs).toEqual(norm.graph.inputs);
  });

  it('computes what the operator stands for', () => {
    const feeds = {
      x0: doubles([2, 3], [1, 2, 4, 0, 0, 3]),
      x1: doubles([2, 3], [0, 1, 2, 3, 0, 0]),
      x2: doubles([3], [1, 2, 1]),
    };
    const { sum, y } = evaluate(expand(norm), feeds, ['sum', 'y']);
    expect([...sum!.data]).toEqual([1, 3, 6, 3, 0, 3]);
    // (1, 3, 6): mean 10/3, variance 38/9
    const deviation = Math.sqrt(38 / 9 + Math.fround(1e-5));
    expect(y!.data[1]).toBeCloseTo((2 * (3 - 10 / 3)) / deviation, 10);
  });

  it('leaves alone what does not depend on the tensors, and operators with a rule of their own', () => {
    expect(expandFused(norm, { from: [], except: () => false })).toBe(norm);
    expect(expandFused(norm, { from: ['x0'], except: (key) => Object.hasOwn(fusedRules, key) })).toBe(norm);
  });

  it('does not change the model given', () => {
    const before = structuredClone(norm);
    expand(norm);
    expect(norm).toEqual(before);
  });

  const heads = { num_heads: int(2), kv_num_heads: int(2) };
  const query = [1, 3, 8];
  const lengths = [undefined, undefined, [1], [1]];
  it.each<[string, string, NodeForm, string]>([
    [
      'a sink',
      'GroupQueryAttention',
      {
        inputs: [query, query, query, ...lengths, undefined, undefined, undefined, undefined, [2]],
        attributes: heads,
      },
      'without head_sink, got one',
    ],
    [
      'a smooth softmax',
      'GroupQueryAttention',
      { inputs: [query, query, query], attributes: { ...heads, smooth_softmax: int(1) } },
      'without smooth_softmax',
    ],
    [
      'no tables',
      'GroupQueryAttention',
      { inputs: [query, query, query], attributes: { ...heads, do_rotary: int(1) } },
      'cos_cache and sin_cache',
    ],
    [
      'a packed input of free width',
      'GroupQueryAttention',
      { inputs: [[1, 3, 'w']], attributes: heads },
      'a packed input of known width',
    ],
    [
      'packed heads',
      'MultiHeadAttention',
      { inputs: [[1, 3, 2, 3, 4]], attributes: heads },
      'query, key and value apart',
    ],
    [
      'a mask of lengths',
      'Attention',
      { inputs: [query, [8, 24], [24], [1]], attributes: heads },
      'a mask of 2 or 3 axes, got 1',
    ],
    [
      'weights of free width',
      'Attention',
      { inputs: [query, [8, 'w']], attributes: heads },
      'weights of known width',
    ],
    [
      'no number of heads',
      'Attention',
      { domain: '', inputs: [query, query, query] },
      'to state q_num_heads',
    ],
  ])('names the node and the form that it does not know: %s', (_, op, form, message) => {
    const model = modelOf(op, form);
    expect(() => expand(model)).toThrow(message);
    expect(() => differentiate(model, { seeds: { y: 'dy' }, wrt: ['x0'] })).toThrow(`${op} "fused"`);
  });

  it('refuses a graph that reads an output which has no gradient', () => {
    const builder = new GraphBuilder();
    for (const [name, dims] of [
      ['x0', [2, 3]],
      ['x1', [2, 3]],
      ['x2', [3]],
    ] as const)
      builder.input(name, DataType.FLOAT, dims);
    builder.node('SkipLayerNormalization', ['x0', 'x1', 'x2'], {
      domain: 'com.microsoft',
      outputs: ['y', 'mean'],
      name: 'fused',
    });
    builder.node('Add', ['y', 'mean'], { outputs: ['z'] });
    builder.output('z', DataType.FLOAT);
    expect(() => expand(builder.build({ opset: 18, domains: { 'com.microsoft': 1 } }))).toThrow(
      'that does not read the output "mean"',
    );
  });
});
