import { describe, expect, it } from 'vitest';
import { planBatches } from './batches.js';

describe('planBatches', () => {
  it('puts every sequence in one batch, within the budget', () => {
    const lengths = [3, 9, 4, 4, 1, 7, 2];
    const batches = planBatches(lengths, 12);
    expect(batches.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const batch of batches)
      expect(batch.length * Math.max(...batch.map((index) => lengths[index]!))).toBeLessThanOrEqual(12);
  });

  it('puts like lengths together, longest first', () => {
    expect(planBatches([2, 8, 2, 8], 16)).toEqual([
      [1, 3],
      [0, 2],
    ]);
  });

  it('gives a sequence beyond the budget a batch of its own', () => {
    expect(planBatches([50, 2], 10)).toEqual([[0], [1]]);
  });

  it('makes no batch of nothing', () => {
    expect(planBatches([], 10)).toEqual([]);
  });
});
