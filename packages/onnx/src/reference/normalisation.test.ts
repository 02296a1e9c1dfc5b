import { describe, expect, it } from 'vitest';
import { float, int } from '../attributes.js';
import { evaluateNode } from './evaluate-node.js';
import { doubles } from './ref-tensor.js';

describe('normalisationOps', () => {
  it('centres and scales rows, and gives their mean and inverse deviation', () => {
    // variance of [1, 3] is 1; with epsilon 0.5625 the deviation is 1.25
    const outputs = evaluateNode(
      'LayerNormalization',
      [doubles([2, 2], [1, 3, 5, 5]), doubles([2], [1, 2]), doubles([2], [0, 1])],
      {
        attributes: { epsilon: float(0.5625) },
        outputs: 3,
      },
    );
    expect(outputs).toEqual([
      doubles([2, 2], [-0.8, 2.6, 0, 1]),
      doubles([2, 1], [2, 5]),
      doubles([2, 1], [0.8, 1 / 0.75]),
    ]);
  });

  it('normalises several axes', () => {
    const scale = doubles([2, 1], [1, 2]);
    const [y, mean] = evaluateNode('LayerNormalization', [doubles([1, 2, 1], [1, 3]), scale], {
      attributes: { axis: int(1), epsilon: float(0.5625) },
      outputs: 2,
    });
    expect(y).toEqual(doubles([1, 2, 1], [-0.8, 1.6]));
    expect(mean).toEqual(doubles([1, 1, 1], [2]));
  });

  it('divides rows by their root mean square', () => {
    // mean square of [1, 7] is 25
    const inputs = [doubles([1, 2], [1, 7]), doubles([2], [1, 2])];
    const attributes = { epsilon: float(0) };
    expect(evaluateNode('SimplifiedLayerNormalization', inputs, { attributes, outputs: 2 })).toEqual([
      doubles([1, 2], [0.2, 2.8000000000000003]),
      doubles([1, 1], [0.2]),
    ]);
    expect(evaluateNode('RMSNormalization', inputs, { attributes, opset: 23 })[0]!.data[0]).toBe(0.2);
  });
});
