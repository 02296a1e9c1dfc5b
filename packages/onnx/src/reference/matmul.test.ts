import { describe, expect, it } from 'vitest';
import { float, int } from '../attributes.js';
import { evaluateNode } from './evaluate-node.js';
import { doubles } from './ref-tensor.js';
import { range } from './strides.js';

const microsoft = { domain: 'com.microsoft' };

describe('matmulOps', () => {
  it('multiplies matrices and vectors', () => {
    const a = doubles([2, 3], [1, 2, 3, 4, 5, 6]);
    const b = doubles([3, 2], [1, 0, 0, 1, 1, 1]);
    expect(evaluateNode('MatMul', [a, b])[0]).toEqual(doubles([2, 2], [4, 5, 10, 11]));
    expect(evaluateNode('MatMul', [a, doubles([3], [1, 1, 1])])[0]).toEqual(doubles([2], [6, 15]));
    expect(evaluateNode('MatMul', [doubles([2], [1, 2]), a])[0]).toEqual(doubles([3], [9, 12, 15]));
    expect(evaluateNode('MatMul', [doubles([2], [1, 2]), doubles([2], [3, 4])])[0]).toEqual(
      doubles([], [11]),
    );
  });

  it('broadcasts batches', () => {
    const a = doubles([2, 1, 1, 2], [1, 2, 3, 4]);
    const b = doubles([2, 2, 1], [1, 1, 0, 1]);
    expect(evaluateNode('MatMul', [a, b])[0]).toEqual(doubles([2, 2, 1, 1], [3, 2, 7, 4]));
  });

  it('refuses depths that differ', () => {
    expect(() => evaluateNode('MatMul', [doubles([1, 2], [1, 2]), doubles([1, 2], [1, 2])])).toThrow(
      'expected matrices that multiply, got [1, 2] and [1, 2]',
    );
  });

  it('computes Gemm: alpha op(A) op(B) + beta C', () => {
    const a = doubles([3, 2], [1, 4, 2, 5, 3, 6]);
    const b = doubles([2, 3], [1, 0, 1, 0, 1, 1]);
    const attributes = { transA: int(1), transB: int(1), alpha: float(2), beta: float(0.5) };
    expect(evaluateNode('Gemm', [a, b, doubles([2], [2, 4])], { attributes })[0]).toEqual(
      doubles([2, 2], [9, 12, 21, 24]),
    );
  });

  it('computes FusedMatMul with transposed matrices and batches', () => {
    const a = doubles([2, 2, 1], [1, 2, 3, 4]);
    const b = doubles([2, 2, 1], [1, 1, 0, 1]);
    const transposed = { attributes: { transA: int(1), alpha: float(0.5) }, ...microsoft };
    expect(evaluateNode('FusedMatMul', [a, b], transposed)[0]).toEqual(doubles([2, 1, 1], [1.5, 2]));
    // [t, h, d] read as [h, t, d]: x x^T for each h
    const x = doubles([2, 2, 1], range(4));
    const heads = { attributes: { transBatchA: int(1), transBatchB: int(1), transB: int(1) }, ...microsoft };
    expect(evaluateNode('FusedMatMul', [x, x], heads)[0]).toEqual(
      doubles([2, 2, 2], [0, 0, 0, 4, 1, 3, 3, 9]),
    );
  });
});
