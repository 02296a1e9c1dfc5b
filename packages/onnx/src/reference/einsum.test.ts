import { describe, expect, it } from 'vitest';
import { text } from '../attributes.js';
import { evaluateNode } from './evaluate-node.js';
import { doubles } from './ref-tensor.js';

const a = doubles([2, 3], [1, 2, 3, 4, 5, 6]);
const b = doubles([3, 2], [1, 0, 2, 1, 0, 3]);

describe('Einsum', () => {
  it.each([
    ['ij,jk->ik', [a, b], [2, 2], [5, 11, 14, 23]],
    ['ij,jk', [a, b], [2, 2], [5, 11, 14, 23]],
    ['ij->ji', [a], [3, 2], [1, 4, 2, 5, 3, 6]],
    ['ij->i', [a], [2], [6, 15]],
    ['ij->', [a], [], [21]],
    ['ij,ij->j', [a, a], [3], [17, 29, 45]],
  ] as const)('computes %s', (equation, inputs, dims, values) => {
    const [found] = evaluateNode('Einsum', inputs, { attributes: { equation: text(equation) } });
    expect(found).toEqual(doubles(dims, values));
  });

  it('refuses an ellipsis and diagonals', () => {
    for (const equation of ['...ij->...ji', 'ii->i'])
      expect(() => evaluateNode('Einsum', [a], { attributes: { equation: text(equation) } })).toThrow(
        'expected operands of distinct letters',
      );
  });
});
