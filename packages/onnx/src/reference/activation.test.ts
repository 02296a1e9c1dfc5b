import { describe, expect, it } from 'vitest';
import { float, int, text } from '../attributes.js';
import { erf } from './error-function.js';
import { evaluateNode, type NodeCall } from './evaluate-node.js';
import { doubles } from './ref-tensor.js';

const at = (op: string, x: number, call: NodeCall = {}): number =>
  evaluateNode(op, [doubles([], [x])], call)[0]!.data[0]!;
const microsoft = { domain: 'com.microsoft' };

describe('erf', () => {
  // C library's erf, by way of Python 3's math.erf; 1e-15 is 9 units in the last place just below 1
  it.each([
    [0, 0.0],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [-2, -0.9953222650189527],
    [2.5, 0.999593047982555],
    [2.999, 0.9999777698314002],
    [3.001, 0.9999780483390822],
    [4, 0.9999999845827421],
    [10, 1.0],
  ])('erf(%d) = %d', (x, expected) => {
    expect(Math.abs(erf(x) - expected)).toBeLessThan(1e-15);
  });

  it('is continuous where its two formulas meet', () => {
    // The slope there is 2/√π exp(-9) = 1.4e-4, so the true step over 2e-9 is 2.8e-13.
    expect(Math.abs(erf(3 + 1e-9) - erf(3 - 1e-9))).toBeLessThan(3e-13);
  });
});

describe('activationOps', () => {
  it('computes the plain ones', () => {
    expect(at('Tanh', 0.5)).toBe(Math.tanh(0.5));
    expect(at('Sigmoid', Math.log(3))).toBeCloseTo(0.75, 15);
    expect(at('Relu', -1)).toBe(0);
    expect(at('Relu', 2)).toBe(2);
    expect(at('Softplus', 0)).toBeCloseTo(Math.LN2, 15);
    expect(at('Softplus', 1000)).toBe(1000);
  });

  it('computes both forms of GELU', () => {
    // 0.5 (1 + erf(1/√2)) = Φ(1)
    expect(at('Gelu', 1, { opset: 20 })).toBeCloseTo(0.8413447460685429, 14);
    expect(at('Gelu', 1, microsoft)).toBeCloseTo(0.8413447460685429, 14);
    const tanhForm = 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * 1.044715));
    expect(at('Gelu', 1, { opset: 20, attributes: { approximate: text('tanh') } })).toBeCloseTo(tanhForm, 15);
    const [biased] = evaluateNode('FastGelu', [doubles([2, 1], [0, -1]), doubles([1], [1])], microsoft);
    expect(biased!.data[0]).toBeCloseTo(tanhForm, 15);
    expect(biased!.data[1]).toBeCloseTo(0, 15);
  });

  it('computes QuickGelu, which is SiLU for alpha 1', () => {
    expect(at('QuickGelu', 2, { ...microsoft, attributes: { alpha: float(1) } })).toBeCloseTo(
      2 / (1 + Math.exp(-2)),
      15,
    );
    expect(at('QuickGelu', 2, { ...microsoft, attributes: { alpha: float(0.5) } })).toBeCloseTo(
      2 / (1 + Math.exp(-1)),
      15,
    );
  });

  it('normalises one axis by softmax, all later axes before operator set 13', () => {
    const x = doubles([2, 2, 1], [0, Math.log(3), Math.log(3), 0]);
    const rounded = (axis: number, opset: number): number[] =>
      Array.from(evaluateNode('Softmax', [x], { opset, attributes: { axis: int(axis) } })[0]!.data, (p) =>
        Number(p.toFixed(12)),
      );
    expect(rounded(1, 13)).toEqual([0.25, 0.75, 0.75, 0.25]);
    expect(rounded(0, 13)).toEqual([0.25, 0.75, 0.75, 0.25]);
    expect(rounded(-1, 13)).toEqual([1, 1, 1, 1]);
    expect(rounded(0, 12)).toEqual([0.125, 0.375, 0.375, 0.125]);
  });

  it('stays finite for large logits', () => {
    const [y] = evaluateNode('LogSoftmax', [doubles([2], [1000, 0])]);
    expect(y!.data).toEqual(Float64Array.of(0, -1000));
  });
});
