import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../graph-builder.js';
import { DataType } from '../ir.js';
import { numericalGradient } from './numerical-gradient.js';
import { doubles } from './ref-tensor.js';

describe('numericalGradient', () => {
  const builder = new GraphBuilder();
  builder.node('Exp', [builder.input('x', DataType.DOUBLE, [3])], { outputs: ['y'] });
  builder.output('y', DataType.DOUBLE);
  const model = builder.build({ opset: 18 });
  const feeds = { x: doubles([3], [0, 1, -1]) };
  const seeds = { y: doubles([3], [1, 2, 3]) };

  it('gives weighted derivatives, of chosen entries where asked', () => {
    const expected = [1, 2 * Math.E, 3 / Math.E];
    // h⁴/30 of the fifth derivative at h = 1e-3, and rounding: 1e-12
    numericalGradient(model, feeds, { wrt: 'x', seeds }).forEach((value, i) =>
      expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-11),
    );
    expect(numericalGradient(model, feeds, { wrt: 'x', seeds, entries: [1] })).toHaveLength(1);
  });

  it('names a tensor that is not fed', () => {
    expect(() => numericalGradient(model, feeds, { wrt: 'z', seeds })).toThrow(
      'expected "z" among the feeds, got x',
    );
  });
});
