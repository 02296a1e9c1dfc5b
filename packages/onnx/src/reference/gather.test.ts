import { describe, expect, it } from 'vitest';
import { int, text } from '../attributes.js';
import { evaluateNode } from './evaluate-node.js';
import { doubles, int64s } from './ref-tensor.js';
import { range } from './strides.js';

const x = doubles([2, 3], range(6));
const add = { reduction: text('add') };

describe('gatherOps', () => {
  it('gathers slices by index, negative ones from the end', () => {
    expect(evaluateNode('Gather', [x, int64s([1, 2], [-1, 0])])[0]).toEqual(
      doubles([1, 2, 3], [3, 4, 5, 0, 1, 2]),
    );
    expect(evaluateNode('Gather', [x, int64s([], [1])], { attributes: { axis: int(1) } })[0]).toEqual(
      doubles([2], [1, 4]),
    );
    expect(() => evaluateNode('Gather', [x, int64s([], [2])])).toThrow('expected an index in [-2, 2), got 2');
  });

  it('gathers elements along an axis', () => {
    const [picked] = evaluateNode('GatherElements', [x, int64s([2, 1], [2, -3])], {
      attributes: { axis: int(1) },
    });
    expect(picked).toEqual(doubles([2, 1], [2, 3]));
  });

  it('gathers blocks by index rows, per batch where asked', () => {
    expect(evaluateNode('GatherND', [x, int64s([2, 2], [0, 1, 1, -1])])[0]).toEqual(doubles([2], [1, 5]));
    expect(evaluateNode('GatherND', [x, int64s([1, 1], [1])])[0]).toEqual(doubles([1, 3], [3, 4, 5]));
    const batched = { attributes: { batch_dims: int(1) } };
    expect(evaluateNode('GatherND', [x, int64s([2, 1], [2, 0])], batched)[0]).toEqual(doubles([2], [2, 3]));
  });

  it('scatters elements, overwriting or adding', () => {
    const indices = int64s([1, 2], [1, 1]);
    const updates = doubles([1, 2], [10, 20]);
    const axis = int(1);
    expect(evaluateNode('ScatterElements', [x, indices, updates], { attributes: { axis } })[0]!.data).toEqual(
      Float64Array.of(0, 20, 2, 3, 4, 5),
    );
    expect(
      evaluateNode('ScatterElements', [x, indices, updates], { attributes: { axis, ...add } })[0]!.data,
    ).toEqual(Float64Array.of(0, 31, 2, 3, 4, 5));
  });

  it('scatters blocks, adding duplicates', () => {
    const updates = doubles([2, 3], [1, 1, 1, 2, 2, 2]);
    expect(
      evaluateNode('ScatterND', [x, int64s([2, 1], [1, 1]), updates], { attributes: add })[0]!.data,
    ).toEqual(Float64Array.of(0, 1, 2, 6, 7, 8));
    expect(evaluateNode('ScatterND', [x, int64s([1, 2], [0, -1]), doubles([1], [9])])[0]!.data).toEqual(
      Float64Array.of(0, 1, 9, 3, 4, 5),
    );
    expect(() =>
      evaluateNode('ScatterND', [x, int64s([1, 1], [0]), updates], {
        attributes: { reduction: text('mul') },
      }),
    ).toThrow('expected reduction "none" or "add", got "mul"');
  });
});
