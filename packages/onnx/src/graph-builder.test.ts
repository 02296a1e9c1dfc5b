import { isSakeError } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { float, int, ints, subgraph } from './attributes.js';
import { GraphBuilder } from './graph-builder.js';
import { DataType } from './ir.js';

describe('GraphBuilder', () => {
  it('builds a model with inputs, nodes, constants and outputs', () => {
    const builder = new GraphBuilder('sum');
    const x = builder.input('x', DataType.FLOAT, ['batch', 2]);
    const sum = builder.node('Add', [x, builder.scalar(0.5)]);
    const y = builder.node('LeakyRelu', [sum], { attributes: { alpha: float(0.25) }, outputs: ['y'] });
    builder.output(y, DataType.FLOAT, ['batch', 2]);
    const model = builder.build({ opset: 18, domains: { 'com.microsoft': 1 }, metadata: { kind: 'test' } });
    expect(model.opsetImports).toEqual([
      { domain: '', version: 18 },
      { domain: 'com.microsoft', version: 1 },
    ]);
    expect(model.metadataProps).toEqual([{ key: 'kind', value: 'test' }]);
    expect(model.graph.nodes.map(({ opType, inputs, outputs }) => [opType, inputs, outputs])).toEqual([
      ['Add', ['x', 'constant'], ['Add_out']],
      ['LeakyRelu', ['Add_out'], ['y']],
    ]);
    expect(model.graph.nodes[1]!.attributes).toEqual([{ name: 'alpha', type: 1, f: 0.25 }]);
    expect(model.graph.outputs[0]).toEqual({
      name: 'y',
      type: { tensor: { elemType: DataType.FLOAT, shape: [{ param: 'batch' }, { value: 2 }] } },
    });
  });

  it('gives fresh names next to every name of a graph that it wraps, nested graphs included', () => {
    const inner = new GraphBuilder('then');
    inner.node('Identity', ['outer'], { outputs: ['hidden'], name: 'Relu' });
    const outer = new GraphBuilder();
    outer.node('If', [outer.input('condition', DataType.BOOL, [])], {
      attributes: { then_branch: subgraph(inner.graph) },
      outputs: ['result'],
    });
    const appended = new GraphBuilder(outer.graph);
    expect(appended.unique('hidden')).toBe('hidden_1');
    expect(appended.node('Relu', ['result'])).toBe('Relu_1_out');
    expect(outer.graph.nodes).toHaveLength(2);
  });

  it('returns every output of a node and leaves optional ones out', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', DataType.FLOAT, [4]);
    expect(builder.nodeOutputs('Split', [x], { outputs: 2, attributes: { axis: int(0) } })).toEqual([
      'Split_out0',
      'Split_out1',
    ]);
    expect(
      builder.nodeOutputs('LayerNormalization', [x, undefined], { outputs: ['n', '', 'inverse'] }),
    ).toEqual(['n', '', 'inverse']);
    expect(builder.graph.nodes[1]!.inputs).toEqual(['x', '']);
  });

  it('shares small constants and keeps int and float attributes apart', () => {
    const builder = new GraphBuilder();
    expect(builder.int64s([0, 1])).toBe(builder.int64s([0, 1]));
    expect(builder.scalar(1)).not.toBe(builder.scalar(1, DataType.DOUBLE));
    expect(builder.graph.initializers).toHaveLength(3);
    expect([int(1).type, float(1).type, ints([1]).type]).toEqual([2, 1, 7]);
  });

  it('refuses a tensor name that the graph already has', () => {
    const builder = new GraphBuilder();
    builder.input('x', DataType.FLOAT, [1]);
    const twice = (): unknown => builder.node('Neg', ['x'], { outputs: ['x'] });
    expect(twice).toThrow('got "x", which the graph has');
    expect(() => builder.output('y', DataType.FLOAT)).toThrow(
      expect.toSatisfy((error: unknown) => isSakeError(error) && error.code === 'not-found'),
    );
  });
});
