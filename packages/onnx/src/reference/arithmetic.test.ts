import { describe, expect, it } from 'vitest';
import { evaluateNode } from './evaluate-node.js';
import { doubles, int64s } from './ref-tensor.js';

const compute = (op: string, ...values: number[][]): number[] =>
  Array.from(
    evaluateNode(
      op,
      values.map((data) => doubles([data.length], data)),
    )[0]!.data,
  );

describe('arithmeticOps', () => {
  it('computes elementwise functions of one tensor', () => {
    expect(compute('Neg', [1, -2])).toEqual([-1, 2]);
    expect(compute('Abs', [1, -2])).toEqual([1, 2]);
    expect(compute('Sign', [3, -2, 0])).toEqual([1, -1, 0]);
    expect(compute('Sqrt', [4, 9])).toEqual([2, 3]);
    expect(compute('Reciprocal', [4])).toEqual([0.25]);
    expect(compute('Exp', [0, 1])).toEqual([1, Math.E]);
    expect(compute('Log', [1, Math.E])).toEqual([0, 1]);
    expect(compute('Sin', [Math.PI / 2])).toEqual([1]);
    expect(compute('Cos', [Math.PI])).toEqual([-1]);
    expect(compute('Floor', [-1.5])).toEqual([-2]);
    expect(compute('Ceil', [-1.5])).toEqual([-1]);
  });

  it('computes elementwise functions of two tensors', () => {
    expect(compute('Add', [1, 2], [3, 4])).toEqual([4, 6]);
    expect(compute('Sub', [1, 2], [3, 5])).toEqual([-2, -3]);
    expect(compute('Mul', [2, 3], [4, 5])).toEqual([8, 15]);
    expect(compute('Div', [1, 3], [4, 2])).toEqual([0.25, 1.5]);
    expect(compute('Pow', [2, 9], [3, 0.5])).toEqual([8, 3]);
    expect(compute('Mod', [5, -5], [3, 3])).toEqual([2, 1]);
  });

  it('broadcasts', () => {
    const [sum] = evaluateNode('Add', [doubles([2, 1], [10, 20]), doubles([3], [1, 2, 3])]);
    expect(sum).toEqual(doubles([2, 3], [11, 12, 13, 21, 22, 23]));
    const [product] = evaluateNode('Mul', [doubles([], [2]), doubles([2], [1, 2])]);
    expect(product).toEqual(doubles([2], [2, 4]));
    expect(() => evaluateNode('Add', [doubles([2], [1, 2]), doubles([3], [1, 2, 3])])).toThrow(
      'expected shapes that broadcast, got [2] and [3]',
    );
  });

  it('folds any number of tensors', () => {
    expect(compute('Sum', [1, 2], [3, 4], [5, 6])).toEqual([9, 12]);
    expect(compute('Min', [1, 9], [3, 4], [5, 0])).toEqual([1, 0]);
    expect(compute('Max', [1, 9], [3, 4])).toEqual([3, 9]);
  });

  it('divides integers towards zero', () => {
    expect(evaluateNode('Div', [int64s([2], [7, -7]), int64s([], [2])])[0]).toEqual(int64s([2], [3, -3]));
  });

  it('clips with either bound left out', () => {
    const x = doubles([3], [-2, 0, 2]);
    expect(evaluateNode('Clip', [x, doubles([], [-1]), doubles([], [1])])[0]!.data).toEqual(
      Float64Array.of(-1, 0, 1),
    );
    expect(evaluateNode('Clip', [x, undefined, doubles([], [1])])[0]!.data).toEqual(
      Float64Array.of(-2, 0, 1),
    );
  });
});
