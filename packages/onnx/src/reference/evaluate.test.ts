import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { evaluate } from './evaluate.js';
import { evaluateNode } from './evaluate-node.js';
import { doubles, refTensor } from './ref-tensor.js';

/** y = relu(x + 1), z = Mystery(y) */
function model(): OnnxModel {
  const builder = new GraphBuilder();
  builder.input('x', DataType.FLOAT, [1]);
  builder.node('Add', ['x', builder.scalar(1)], { outputs: ['sum'] });
  builder.node('Relu', ['sum'], { outputs: ['y'] });
  builder.node('Mystery', ['y'], { outputs: ['z'], name: 'odd' });
  builder.output('y', DataType.FLOAT);
  return builder.build({ opset: 18 });
}

describe('evaluate', () => {
  it('gives the outputs of the graph, running only what they need', () => {
    expect(evaluate(model(), { x: doubles([1], [2]) })).toEqual({ y: doubles([1], [3]) });
  });

  it('gives intermediate tensors and takes them as feeds', () => {
    expect(evaluate(model(), { x: doubles([1], [-2]) }, ['sum', 'y'])).toEqual({
      sum: doubles([1], [-1]),
      y: doubles([1], [0]),
    });
    expect(evaluate(model(), { sum: doubles([1], [7]) })).toEqual({ y: doubles([1], [7]) });
    expect(evaluate(model(), { x: doubles([1], [2]), constant: doubles([], [5]) })).toEqual({
      y: doubles([1], [7]),
    });
  });

  it('names the node and operator that it does not know', () => {
    expect(() => evaluate(model(), { x: doubles([1], [2]) }, ['z'])).toThrow(
      'expected an operator it knows, got Mystery (node "odd")',
    );
    expect(() => evaluateNode('constructor', [])).toThrow('got constructor');
  });

  it('names missing feeds, tensors and operator sets', () => {
    expect(() => evaluate(model(), {})).toThrow('expected a feed for the input "x"');
    expect(() => evaluate(model(), {}, ['nothing'])).toThrow(
      'expected the output to be in the graph, got "nothing"',
    );
    expect(() => evaluate({ ...model(), opsetImports: [] }, { x: doubles([1], [2]) })).toThrow(
      'expected the model to import the operator set of "ai.onnx"',
    );
  });
});

describe('refTensor', () => {
  it('refuses values that do not fill the shape', () => {
    expect(() => refTensor(DataType.FLOAT, [2, 2], [1])).toThrow('expected 4 values of shape [2, 2], got 1');
  });
});
