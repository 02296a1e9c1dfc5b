import { describe, expect, it } from 'vitest';
import { int, ints, text } from '../attributes.js';
import { evaluateNode } from './evaluate-node.js';
import { doubles, int64s } from './ref-tensor.js';
import { range } from './strides.js';

const list = (...values: number[]): ReturnType<typeof int64s> => int64s([values.length], values);
const x = doubles([2, 4], range(8));

describe('slicingOps', () => {
  it('slices with negative bounds, bounds past the end and steps', () => {
    expect(evaluateNode('Slice', [x, list(-2), list(2 ** 40), list(1)])[0]).toEqual(
      doubles([2, 2], [2, 3, 6, 7]),
    );
    expect(evaluateNode('Slice', [x, list(1, 0), list(2, 4), list(0, 1), list(1, 2)])[0]).toEqual(
      doubles([1, 2], [4, 6]),
    );
    expect(evaluateNode('Slice', [x, list(3), list(0), list(-1), list(-2)])[0]).toEqual(
      doubles([2, 2], [3, 1, 7, 5]),
    );
    const whole = [x, list(-1), list(-(2 ** 40)), list(1), list(-1)];
    expect(evaluateNode('Slice', whole)[0]!.data).toEqual(Float64Array.of(3, 2, 1, 0, 7, 6, 5, 4));
    expect(evaluateNode('Slice', [x, list(2), list(1), list(1)])[0]).toEqual(doubles([2, 0], []));
  });

  it('splits into given or even parts', () => {
    const parts = evaluateNode('Split', [x, list(1, 3)], { attributes: { axis: int(1) }, outputs: 2 });
    expect(parts).toEqual([doubles([2, 1], [0, 4]), doubles([2, 3], [1, 2, 3, 5, 6, 7])]);
    const even = evaluateNode('Split', [doubles([3], range(3))], {
      attributes: { num_outputs: int(2) },
      outputs: 2,
    });
    expect(even).toEqual([doubles([2], [0, 1]), doubles([1], [2])]);
    expect(evaluateNode('Split', [x], { opset: 13, attributes: { axis: int(-1) }, outputs: 2 })[1]).toEqual(
      doubles([2, 2], [2, 3, 6, 7]),
    );
  });

  it('joins along an axis', () => {
    const attributes = { axis: int(-1) };
    expect(evaluateNode('Concat', [doubles([2, 1], [8, 9]), x], { attributes })[0]).toEqual(
      doubles([2, 5], [8, 0, 1, 2, 3, 9, 4, 5, 6, 7]),
    );
    expect(() => evaluateNode('Concat', [x, doubles([1, 4], range(4))], { attributes })).toThrow(
      'expected equal shapes but for axis 1',
    );
  });

  it('pads with a constant, on chosen axes', () => {
    const square = doubles([1, 2], [1, 2]);
    expect(evaluateNode('Pad', [square, list(1, 0, 0, 1)])[0]).toEqual(doubles([2, 3], [0, 0, 0, 1, 2, 0]));
    expect(evaluateNode('Pad', [square, list(1, 0), doubles([], [9]), list(-1)])[0]).toEqual(
      doubles([1, 3], [9, 1, 2]),
    );
    expect(
      evaluateNode('Pad', [square], { opset: 10, attributes: { pads: ints([0, 1, 0, -1]) } })[0],
    ).toEqual(doubles([1, 2], [0, 1]));
    expect(() =>
      evaluateNode('Pad', [square, list(0, 0, 0, 1)], { attributes: { mode: text('edge') } }),
    ).toThrow('expected mode "constant", got "edge"');
  });
});
