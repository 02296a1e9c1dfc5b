import { fromRows } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { meanShift } from './mean-shift.js';

describe('meanShift', () => {
  it('adds the difference of the means, whatever the activation', () => {
    const source = fromRows([[1, 0], [3, 4]]); // prettier-ignore
    const target = fromRows([[10, 1], [20, 1], [30, 4]]); // prettier-ignore
    const map = meanShift().fit({ source, target });
    expect([...map.apply(Float64Array.of(0, 0))]).toEqual([18, 0]);
    expect([...map.apply(Float64Array.of(-5, 7))]).toEqual([13, 7]);
    expect(map.settings).toEqual({ sourceRows: 2, targetRows: 3 });
  });
});
