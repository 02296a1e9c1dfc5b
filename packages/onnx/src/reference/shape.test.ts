import { describe, expect, it } from 'vitest';
import { int, ints } from '../attributes.js';
import { DataType } from '../ir.js';
import { evaluateNode } from './evaluate-node.js';
import { doubles, int64s, refTensor } from './ref-tensor.js';
import { range } from './strides.js';

const x = doubles([2, 3], [1, 2, 3, 4, 5, 6]);
const shapeOf = (...call: Parameters<typeof evaluateNode>): readonly number[] =>
  evaluateNode(...call)[0]!.dims;

describe('shapeOps', () => {
  it('reshapes, with 0 for a kept and -1 for an inferred size', () => {
    expect(shapeOf('Reshape', [x, int64s([3], [0, -1, 1])])).toEqual([2, 3, 1]);
    expect(() => evaluateNode('Reshape', [x, int64s([2], [4, -1])])).toThrow(
      'a shape of 6 elements, got [4, -1]',
    );
  });

  it('transposes, in reverse order by default', () => {
    expect(evaluateNode('Transpose', [x])[0]).toEqual(doubles([3, 2], [1, 4, 2, 5, 3, 6]));
    const cube = doubles([1, 2, 3], range(6));
    const [moved] = evaluateNode('Transpose', [cube], { attributes: { perm: ints([1, 2, 0]) } });
    expect(moved).toEqual(doubles([2, 3, 1], range(6)));
  });

  it('squeezes and unsqueezes, axes as input or attribute', () => {
    expect(shapeOf('Unsqueeze', [x, int64s([2], [0, -1])])).toEqual([1, 2, 3, 1]);
    expect(shapeOf('Unsqueeze', [x], { opset: 11, attributes: { axes: ints([1]) } })).toEqual([2, 1, 3]);
    const thin = doubles([1, 2, 1], [1, 2]);
    expect(shapeOf('Squeeze', [thin])).toEqual([2]);
    expect(shapeOf('Squeeze', [thin, int64s([1], [-1])])).toEqual([1, 2]);
  });

  it('expands both ways', () => {
    const [wide] = evaluateNode('Expand', [doubles([2, 1], [1, 2]), int64s([2], [1, 2])]);
    expect(wide).toEqual(doubles([2, 2], [1, 1, 2, 2]));
  });

  it('flattens around an axis', () => {
    const cube = doubles([2, 3, 4], range(24));
    expect(shapeOf('Flatten', [cube])).toEqual([2, 12]);
    expect(shapeOf('Flatten', [cube], { attributes: { axis: int(-1) } })).toEqual([6, 4]);
    expect(shapeOf('Flatten', [cube], { attributes: { axis: int(0) } })).toEqual([1, 24]);
  });

  it('gives shapes and sizes', () => {
    expect(evaluateNode('Shape', [x])[0]).toEqual(int64s([2], [2, 3]));
    expect(evaluateNode('Shape', [x], { attributes: { start: int(-1) } })[0]).toEqual(int64s([1], [3]));
    expect(evaluateNode('Size', [x])[0]).toEqual(int64s([], [6]));
  });

  it('casts: integers towards zero, booleans by not being zero, floats unrounded', () => {
    const to = (dtype: DataType): unknown =>
      evaluateNode('Cast', [doubles([3], [-1.5, 0, 0.1])], { attributes: { to: int(dtype) } })[0];
    expect(to(DataType.INT64)).toEqual(int64s([3], [-1, 0, 0]));
    expect(to(DataType.BOOL)).toEqual(refTensor(DataType.BOOL, [3], [1, 0, 1]));
    expect(to(DataType.FLOAT)).toEqual(refTensor(DataType.FLOAT, [3], [-1.5, 0, 0.1]));
  });

  it('tiles and keeps triangles', () => {
    expect(evaluateNode('Tile', [doubles([1, 2], [1, 2]), int64s([2], [2, 2])])[0]).toEqual(
      doubles([2, 4], [1, 2, 1, 2, 1, 2, 1, 2]),
    );
    expect(evaluateNode('Trilu', [x])[0]!.data).toEqual(Float64Array.of(1, 2, 3, 0, 5, 6));
    const lower = { attributes: { upper: int(0) } };
    expect(evaluateNode('Trilu', [x, int64s([], [-1])], lower)[0]!.data).toEqual(
      Float64Array.of(0, 0, 0, 4, 0, 0),
    );
  });

  it('passes a tensor through Identity', () => {
    expect(evaluateNode('Identity', [x])[0]).toEqual(x);
  });
});
