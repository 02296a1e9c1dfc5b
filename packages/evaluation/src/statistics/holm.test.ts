import { describe, expect, it } from 'vitest';
import { holmAdjust } from './holm.js';

describe('holmAdjust', () => {
  it('multiplies the smallest by how many there are, the next by one less', () => {
    const adjusted = holmAdjust([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((expected, at) => expect(adjusted[at]).toBeCloseTo(expected, 12));
  });

  it('leaves a lone p-value, and none, as they are', () => {
    expect(holmAdjust([0.04])).toEqual([0.04]);
    expect(holmAdjust([])).toEqual([]);
  });

  it('keeps the order, lowers none and stays at most 1', () => {
    const ps = [0.9, 0.001, 0.2, 0.2, 0.6];
    const adjusted = holmAdjust(ps);
    expect(adjusted.every((p, i) => p >= ps[i]! && p <= 1)).toBe(true);
    expect(adjusted[1]).toBeLessThan(adjusted[2]!);
    expect(adjusted[2]).toBe(adjusted[3]);
  });

  it('refuses what is no probability', () => {
    expect(() => holmAdjust([0.1, Number.NaN])).toThrow(/from 0 to 1, got NaN/);
  });
});
