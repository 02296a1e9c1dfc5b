import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { quantizeBlocks } from './quantize-blocks.js';

describe('quantizeBlocks', () => {
  it('packs codes of 4 bits two to a byte, and gives code 0 to the value furthest from 0', () => {
    // Scale -8 / -8 = 1: codes are values + 8.
    const { codes, scales } = quantizeBlocks(Float32Array.of(-8, 7, 0, 1, -1), 5, 4, 'w');
    expect([...scales]).toEqual([1]);
    expect([...codes.subarray(0, 3)]).toEqual([0xf0, 0x98, 0x87]);
    // The rest of the block is 0.
    expect([...codes.subarray(3)]).toEqual(new Array<number>(13).fill(0x88));
    expect([...quantizeBlocks(Float32Array.of(8, -7), 2, 4, 'w').scales]).toEqual([-1]);
  });

  it('keeps whole numbers of 8 bits, row by row', () => {
    const { codes, scales } = quantizeBlocks(Float32Array.of(-128, 127, 64, 0), 2, 8, 'w');
    expect([...scales]).toEqual([1, -0.5]);
    expect([codes[0], codes[1], codes[2], codes[32], codes[33]]).toEqual([0, 255, 128, 0, 128]);
  });

  it.each([4, 8] as const)('is off by half a step at most, %i bits, save at the far end', (bits) => {
    const random = createRandom(bits);
    const values = Float32Array.from({ length: 6 * 70 }, () => random.normal());
    const { codes, scales } = quantizeBlocks(values, 70, bits, 'w');
    const middle = 2 ** (bits - 1);
    values.forEach((value, i) => {
      const [row, column] = [Math.floor(i / 70), i % 70];
      const block = row * 3 + Math.floor(column / 32);
      const at = block * 32 + (column % 32);
      const byte = codes[bits === 8 ? at : at >> 1]!;
      const code = bits === 8 ? byte : column % 2 === 0 ? byte & 15 : byte >> 4;
      const scale = scales[block]!;
      // One sign has one code fewer, so its far end is off by up to a step.
      const step = Math.abs(scale) * (code === 2 * middle - 1 ? 1 : 0.5);
      expect(Math.abs((code - middle) * scale - value)).toBeLessThanOrEqual(step * 1.0001);
    });
  });

  it('keeps zeros, and refuses what is not finite', () => {
    const { codes, scales } = quantizeBlocks(new Float32Array(32), 32, 4, 'w');
    expect([scales[0], codes[0]]).toEqual([0, 0x88]);
    for (const value of [NaN, Infinity, -Infinity]) {
      const values = Float32Array.of(1, value, 2);
      expect(() => quantizeBlocks(values, 3, 8, 'w')).toThrow('finite values in "w"');
    }
  });
});
