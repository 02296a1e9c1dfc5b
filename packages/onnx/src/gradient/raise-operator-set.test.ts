import { describe, expect, it } from 'vitest';
import { float, int, ints, subgraph } from '../attributes.js';
import { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { opsetVersion } from '../operator-key.js';
import { doubles, evaluate, numericalGradient } from '../reference/index.js';
import { differentiate } from './differentiate.js';
import { raiseOperatorSet } from './raise-operator-set.js';

function modelOf(draw: (builder: GraphBuilder) => void, opset: number, rank = 2): OnnxModel {
  const builder = new GraphBuilder();
  builder.input('x', DataType.DOUBLE, [2, 3, 1, 1].slice(0, rank));
  draw(builder);
  builder.output('y', DataType.DOUBLE);
  return builder.build({ opset });
}

/** Every operator that reads its lists otherwise since. */
const old = modelOf((builder) => {
  const tall = builder.node('Unsqueeze', ['x'], { attributes: { axes: ints([0]) } }); // [1, 2, 3]
  const flat = builder.node('Squeeze', [tall], { attributes: { axes: ints([0]) } });
  const soft = builder.node('Softmax', [flat], { attributes: { axis: int(1) } });
  const [left, right] = builder.nodeOutputs('Split', [soft], {
    attributes: { axis: int(1), split: ints([2, 1]) },
    outputs: 2,
  });
  const kept = builder.node('Dropout', [left!], { attributes: { ratio: float(0.1) } });
  const sum = builder.node('ReduceSum', [kept], { attributes: { axes: ints([1]) } });
  builder.node('Mul', [sum, right!], { outputs: ['y'] });
}, 11);

const x = doubles([2, 3], [1, -2, 3, 0.5, 2, -1]);

describe('raiseOperatorSet', () => {
  it('computes the same with the newer set', () => {
    const raised = raiseOperatorSet(old);
    expect(opsetVersion(raised)).toBe(17);
    expect(evaluate(raised, { x })).toEqual(evaluate(old, { x }));
  });

  it('lets old models be differentiated', () => {
    const { model, gradients } = differentiate(old, { seeds: { y: 'ones' }, wrt: ['x'] });
    const found = evaluate(model, { x }, [gradients['x']!])[gradients['x']!]!;
    const expected = numericalGradient(old, { x }, { wrt: 'x', seeds: { y: doubles([2, 1], [1, 1]) } });
    // Five-point differences at step 1e-3 of functions of size 1
    expected.forEach((value, i) => expect(Math.abs(found.data[i]! - value)).toBeLessThan(1e-10));
  });

  it('leaves newer models as they are', () => {
    const model = modelOf((builder) => builder.node('Exp', ['x'], { outputs: ['y'] }), 18);
    expect(raiseOperatorSet(model)).toBe(model);
    expect(opsetVersion(raiseOperatorSet({ ...model, opsetImports: [{ domain: '', version: 14 }] }))).toBe(
      17,
    );
  });

  it('refuses what means something else in the newer set', () => {
    const flattened = modelOf((builder) => builder.node('Softmax', ['x'], { outputs: ['y'] }), 12, 3);
    expect(() => raiseOperatorSet(flattened)).toThrow('to work along the last axis, got axis 1');
    const inner = new GraphBuilder('then');
    inner.node('Identity', ['x'], { outputs: ['inner'] });
    inner.output('inner', DataType.DOUBLE);
    const nested = modelOf(
      (builder) =>
        builder.node('If', [builder.constant([1], [], { type: DataType.BOOL })], {
          attributes: { then_branch: subgraph(inner.graph), else_branch: subgraph(inner.graph) },
          outputs: ['y'],
        }),
      12,
    );
    expect(() => raiseOperatorSet(nested)).toThrow('expected no nested graphs');
    expect(() => raiseOperatorSet(modelOf((b) => b.node('Exp', ['x'], { outputs: ['y'] }), 10))).toThrow(
      'expected operator set 11 or newer, got 10',
    );
  });
});
