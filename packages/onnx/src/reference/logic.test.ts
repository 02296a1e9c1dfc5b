import { describe, expect, it } from 'vitest';
import { DataType } from '../ir.js';
import { evaluateNode } from './evaluate-node.js';
import { doubles, refTensor } from './ref-tensor.js';

const bools = (...values: number[]): ReturnType<typeof refTensor> =>
  refTensor(DataType.BOOL, [values.length], values);

describe('logicOps', () => {
  it.each([
    ['Equal', [0, 1, 0]],
    ['Greater', [0, 0, 1]],
    ['GreaterOrEqual', [0, 1, 1]],
    ['Less', [1, 0, 0]],
    ['LessOrEqual', [1, 1, 0]],
  ])('%s compares', (op, expected) => {
    expect(evaluateNode(op, [doubles([3], [1, 2, 3]), doubles([], [2])])[0]).toEqual(bools(...expected));
  });

  it.each([
    ['And', [0, 0, 1]],
    ['Or', [0, 1, 1]],
    ['Xor', [0, 1, 0]],
  ])('%s joins truth values', (op, expected) => {
    expect(evaluateNode(op, [bools(0, 0, 1), bools(0, 1, 1)])[0]).toEqual(bools(...expected));
  });

  it('negates and chooses', () => {
    expect(evaluateNode('Not', [bools(0, 1)])[0]).toEqual(bools(1, 0));
    const [chosen] = evaluateNode('Where', [bools(1, 0), doubles([2, 1], [1, 2]), doubles([], [9])]);
    expect(chosen).toEqual(doubles([2, 2], [1, 9, 2, 9]));
  });
});
