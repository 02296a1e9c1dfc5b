import { describe, expect, it } from 'vitest';
import { fromBfloat16Bits, fromFloat16Bits, toBfloat16Bits, toFloat16Bits } from './float16.js';

describe('toFloat16Bits', () => {
  it('inverts fromFloat16Bits on every finite bit pattern', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = fromFloat16Bits(bits);
      if (!Number.isNaN(value)) expect(toFloat16Bits(value)).toBe(bits);
    }
  });

  it('rounds to the nearest value, ties to even', () => {
    expect(fromFloat16Bits(toFloat16Bits(2049))).toBe(2048);
    expect(fromFloat16Bits(toFloat16Bits(2051))).toBe(2052);
    expect(fromFloat16Bits(toFloat16Bits(2049.0000001))).toBe(2050);
    expect(fromFloat16Bits(toFloat16Bits(2 ** -25))).toBe(0);
    expect(fromFloat16Bits(toFloat16Bits(3 * 2 ** -25))).toBe(2 ** -23);
    expect(fromFloat16Bits(toFloat16Bits(2 - 2 ** -40))).toBe(2);
    expect(fromFloat16Bits(toFloat16Bits(65519))).toBe(65504);
    expect(fromFloat16Bits(toFloat16Bits(-65520))).toBe(-Infinity);
    expect(fromFloat16Bits(toFloat16Bits(NaN))).toBeNaN();
  });
});

describe('toBfloat16Bits', () => {
  it('rounds to the nearest value, ties to even', () => {
    expect(fromBfloat16Bits(toBfloat16Bits(1 + 2 ** -8))).toBe(1);
    expect(fromBfloat16Bits(toBfloat16Bits(1 + 3 * 2 ** -8))).toBe(1 + 2 ** -6);
    expect(fromBfloat16Bits(toBfloat16Bits(3e38))).toBeCloseTo(3e38, -36);
    expect(fromBfloat16Bits(toBfloat16Bits(-Infinity))).toBe(-Infinity);
    expect(fromBfloat16Bits(toBfloat16Bits(NaN))).toBeNaN();
  });
});
