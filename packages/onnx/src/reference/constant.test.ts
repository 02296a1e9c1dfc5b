import { describe, expect, it } from 'vitest';
import { float, floats, int, ints, tensor } from '../attributes.js';
import { DataType } from '../ir.js';
import { makeTensor } from '../tensors/make-tensor.js';
import { evaluateNode } from './evaluate-node.js';
import { doubles, int64s, refTensor } from './ref-tensor.js';

describe('constantOps', () => {
  it('gives constants of every attribute form', () => {
    const value = makeTensor('', [1], Float64Array.of(2.5));
    expect(evaluateNode('Constant', [], { attributes: { value: tensor(value) } })[0]).toEqual(
      doubles([1], [2.5]),
    );
    expect(evaluateNode('Constant', [], { attributes: { value_int: int(3) } })[0]).toEqual(int64s([], [3]));
    expect(evaluateNode('Constant', [], { attributes: { value_ints: ints([3, 4]) } })[0]).toEqual(
      int64s([2], [3, 4]),
    );
    const single = refTensor(DataType.FLOAT, [], [0.5]);
    expect(evaluateNode('Constant', [], { attributes: { value_float: float(0.5) } })[0]).toEqual(single);
    expect(evaluateNode('Constant', [], { attributes: { value_floats: floats([0.5]) } })[0]!.dims).toEqual([
      1,
    ]);
    expect(() => evaluateNode('Constant', [])).toThrow('expected a numeric value, got none');
  });

  it('fills shapes, with FLOAT zero by default', () => {
    const shape = int64s([2], [1, 2]);
    expect(evaluateNode('ConstantOfShape', [shape])[0]).toEqual(refTensor(DataType.FLOAT, [1, 2], [0, 0]));
    const one = tensor(makeTensor('', [1], [1], DataType.INT64));
    expect(evaluateNode('ConstantOfShape', [int64s([0], [])], { attributes: { value: one } })[0]).toEqual(
      int64s([], [1]),
    );
  });

  it('counts in steps', () => {
    const range = (...bounds: number[]): unknown =>
      evaluateNode(
        'Range',
        bounds.map((bound) => int64s([], [bound])),
      )[0];
    expect(range(1, 6, 2)).toEqual(int64s([3], [1, 3, 5]));
    expect(range(3, 0, -2)).toEqual(int64s([2], [3, 1]));
    expect(range(0, 0, 1)).toEqual(int64s([0], []));
  });

  it('finds the places of values that are not zero', () => {
    expect(evaluateNode('NonZero', [doubles([2, 2], [0, 5, 6, 0])])[0]).toEqual(int64s([2, 2], [0, 1, 1, 0]));
  });

  it('encodes one-hot, with indices out of range all off', () => {
    const indices = int64s([3], [1, -1, 7]);
    const values = doubles([2], [0, 1]);
    expect(evaluateNode('OneHot', [indices, int64s([], [2]), values])[0]).toEqual(
      doubles([3, 2], [0, 1, 0, 1, 0, 0]),
    );
    const first = { attributes: { axis: int(0) } };
    expect(evaluateNode('OneHot', [indices, int64s([], [2]), values], first)[0]!.data).toEqual(
      Float64Array.of(0, 0, 0, 1, 1, 0),
    );
  });
});
