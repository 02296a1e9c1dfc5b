import { fromRows } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { energyDistance } from './energy-distance.js';

describe('energyDistance', () => {
  it('is twice the mean distance between the sides less that within each, pairs of a row with itself included', () => {
    // Between: (5 + 5) / 2; within the first: 0; within the second: (0 + 6 + 6 + 0) / 4.
    expect(energyDistance(fromRows([[0, 0]]), fromRows([[4, 3], [4, -3]]))).toBe(2 * 5 - 0 - 3); // prettier-ignore
  });

  it('is 0 between a sample and itself, in whatever order', () => {
    const rows = [[0, 1], [2, 5], [3, 3]]; // prettier-ignore
    expect(energyDistance(fromRows(rows), fromRows([...rows].reverse()))).toBeCloseTo(0, 14);
  });
});
