import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { sampleOf } from './sample.js';

describe('sampleOf', () => {
  it('keeps a stream that is short enough as it is', () => {
    expect(sampleOf([3, 1, 2], 3, createRandom(1))).toEqual([3, 1, 2]);
  });
  it('draws every value as often, none twice', () => {
    const counts = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 5000; seed++) {
      const drawn = sampleOf(counts.keys(), 3, createRandom(seed));
      expect(new Set(drawn).size).toBe(3);
      for (const value of drawn) counts[value]!++;
    }
    // Each is drawn with probability 0.3: 1500 times, with a standard deviation of 32.
    for (const count of counts) expect(Math.abs(count - 1500)).toBeLessThan(150);
  });
  it('is the same for the same seed', () => {
    const draw = (seed: number) => sampleOf(Array(100).keys(), 10, createRandom(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});
