import { describe, expect, it } from 'vitest';
import { int, ints } from '../attributes.js';
import { evaluateNode } from './evaluate-node.js';
import { doubles, int64s } from './ref-tensor.js';

const x = doubles([2, 2], [1, 2, 3, 4]);
const axes = (...values: number[]): ReturnType<typeof int64s> => int64s([values.length], values);

describe('reduceOps', () => {
  it.each([
    ['ReduceSum', [3, 7]],
    ['ReduceMean', [1.5, 3.5]],
    ['ReduceMax', [2, 4]],
    ['ReduceMin', [1, 3]],
    ['ReduceProd', [2, 12]],
    ['ReduceSumSquare', [5, 25]],
    ['ReduceL2', [Math.sqrt(5), 5]],
  ])('%s reduces the last axis', (op, expected) => {
    expect(evaluateNode(op, [x, axes(-1)])[0]).toEqual(doubles([2, 1], expected));
  });

  it('reduces all axes by default, none with noop_with_empty_axes', () => {
    expect(evaluateNode('ReduceSum', [x], { attributes: { keepdims: int(0) } })[0]).toEqual(
      doubles([], [10]),
    );
    expect(evaluateNode('ReduceSum', [x])[0]).toEqual(doubles([1, 1], [10]));
    const none = { attributes: { noop_with_empty_axes: int(1) } };
    expect(evaluateNode('ReduceSum', [x, axes()], none)[0]).toEqual(x);
  });

  it('takes axes as an attribute in older operator sets', () => {
    const attributes = { axes: ints([0]), keepdims: int(0) };
    expect(evaluateNode('ReduceMean', [x], { opset: 13, attributes })[0]).toEqual(doubles([2], [2, 3]));
  });

  it('finds the first or last largest value', () => {
    const ties = doubles([1, 3], [2, 5, 5]);
    expect(evaluateNode('ArgMax', [ties], { attributes: { axis: int(1), keepdims: int(0) } })[0]).toEqual(
      axes(1),
    );
    const last = { attributes: { axis: int(-1), select_last_index: int(1) } };
    expect(evaluateNode('ArgMax', [ties], last)[0]).toEqual(int64s([1, 1], [2]));
  });

  it('sums cumulatively, in reverse and without the own value', () => {
    const sums = (attributes: Record<string, number>): Float64Array =>
      evaluateNode('CumSum', [doubles([3], [1, 2, 3]), int64s([], [0])], {
        attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, int(value)])),
      })[0]!.data;
    expect(sums({})).toEqual(Float64Array.of(1, 3, 6));
    expect(sums({ reverse: 1 })).toEqual(Float64Array.of(6, 5, 3));
    expect(sums({ exclusive: 1 })).toEqual(Float64Array.of(0, 1, 3));
    expect(sums({ exclusive: 1, reverse: 1 })).toEqual(Float64Array.of(5, 3, 0));
  });
});
