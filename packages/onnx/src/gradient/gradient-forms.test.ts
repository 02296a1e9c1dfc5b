import { describe, expect, it } from 'vitest';
import { float, int } from '../attributes.js';
import { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { doubles, evaluate, numericalGradient } from '../reference/index.js';
import { differentiate } from './differentiate.js';

/** A model with the input x [2, 3] and the output y. */
function modelOf(draw: (builder: GraphBuilder) => void): OnnxModel {
  const builder = new GraphBuilder();
  builder.input('x', DataType.DOUBLE, [2, 3]);
  draw(builder);
  builder.output('y', DataType.DOUBLE);
  return builder.build({ opset: 18, domains: { 'com.microsoft': 1 } });
}

const operators = ({ graph }: OnnxModel, from: OnnxModel): string[] =>
  graph.nodes.slice(from.graph.nodes.length).map(({ opType }) => opType);

/** The forms that gradients take for speed. */
describe('differentiate', () => {
  it('adds the outputs that hold statistics to a norm of the new graph', () => {
    const builder = new GraphBuilder();
    builder.input('x', DataType.FLOAT, [2, 3]);
    builder.input('s', DataType.FLOAT, [3]);
    builder.node('LayerNormalization', ['x', 's'], { outputs: ['y'] });
    builder.node('SimplifiedLayerNormalization', ['y', 's'], { outputs: ['z', 'kept'] });
    const { graph } = differentiate(builder.build({ opset: 17 }), { seeds: { z: 'dz' }, wrt: ['x'] }).model;
    expect(graph.nodes[0]!.outputs).toEqual(['y', 'y/output1', 'y/output2']);
    expect(graph.nodes[1]!.outputs).toEqual(['z', 'kept']);
    expect(graph.nodes.map(({ opType }) => opType)).not.toContain('Sqrt');
  });

  it('turns Gemm into Gemm, without transposes', () => {
    const model = modelOf((builder) => {
      builder.input('w', DataType.DOUBLE, [4, 3]);
      builder.input('b', DataType.DOUBLE, [4]);
      builder.node('Gemm', ['x', 'w', 'b'], { attributes: { transB: int(1) }, outputs: ['y'] });
    });
    const { model: backward } = differentiate(model, { seeds: { y: 'dy' }, wrt: ['x', 'w', 'b'] });
    expect(operators(backward, model)).toEqual(['Gemm', 'Gemm', 'ReduceSum']);
  });

  describe('of attention', () => {
    const model = modelOf((builder) => {
      const weights = builder.node('Softmax', ['x'], { attributes: { axis: int(-1) } });
      builder.input('v', DataType.DOUBLE, [3, 4]);
      builder.node('MatMul', [weights, 'v'], { outputs: ['y'] });
    });
    const seeds = { y: 'dy' };

    it('sums rows over the head width', () => {
      const { graph } = differentiate(model, { seeds, wrt: ['x'] }).model;
      const sum = graph.nodes.find(({ opType }) => opType === 'ReduceSum')!;
      const product = graph.nodes.find(({ outputs }) => outputs[0] === sum.inputs[0])!;
      expect(product.inputs).toEqual(['dy', 'y']);
    });

    it('does not when the weights have another use', () => {
      const weights = model.graph.nodes[0]!.outputs[0]!;
      const { graph } = differentiate(model, { seeds: { ...seeds, [weights]: 'dw' }, wrt: ['x'] }).model;
      const sum = graph.nodes.find(({ opType }) => opType === 'ReduceSum')!;
      const product = graph.nodes.find(({ outputs }) => outputs[0] === sum.inputs[0])!;
      expect(product.inputs).toContain(weights);
    });

    it('sums them rightly after scaled and transposed products', () => {
      const scaled = modelOf((builder) => {
        const weights = builder.node('Softmax', ['x']);
        builder.node('FusedMatMul', [weights, builder.input('v', DataType.DOUBLE, [4, 3])], {
          domain: 'com.microsoft',
          attributes: { transB: int(1), alpha: float(0.5) },
          outputs: ['y'],
        });
      });
      const feeds = {
        x: doubles([2, 3], [1, -2, 3, 0.5, 2, -1]),
        v: doubles([4, 3], [1, 2, 0, -1, 1, 3, 2, 2, 5, 0, 1, -2]),
      };
      const seed = doubles([2, 4], [1, 2, -1, 0, 3, 1, 1, -2]);
      const { model: backward } = differentiate(scaled, { seeds, wrt: ['x'] });
      expect(operators(backward, scaled)).toEqual(['Gemm', 'Mul', 'ReduceSum', 'Sub', 'Mul']);
      const found = evaluate(backward, { ...feeds, dy: seed }, ['gradient/x'])['gradient/x']!.data;
      // Five-point differences leave about 1e-12 of a derivative of size 1.
      numericalGradient(scaled, feeds, { wrt: 'x', seeds: { y: seed } }).forEach((value, i) =>
        expect(Math.abs(found[i]! - value)).toBeLessThan(1e-10),
      );
    });
  });
});
