import { describe, expect, it } from 'vitest';
import { mcnemarTest } from './mcnemar.js';

describe('mcnemarTest', () => {
  it('gives twice the smaller tail', () => {
    // 1 of 6: 2 (1 + 6) / 64
    expect(mcnemarTest({ onlyA: 5, onlyB: 1 })).toBeCloseTo(14 / 64, 14);
    // 0 of 5: 2 / 32
    expect(mcnemarTest({ onlyA: 0, onlyB: 5 })).toBeCloseTo(2 / 32, 14);
    // 2 of 10: 2 (1 + 10 + 45) / 1024
    expect(mcnemarTest({ onlyA: 8, onlyB: 2 })).toBeCloseTo(112 / 1024, 14);
  });

  it('takes off the probability of what was observed for the mid-p', () => {
    expect(mcnemarTest({ onlyA: 5, onlyB: 1 }, { midP: true })).toBeCloseTo(8 / 64, 14);
    expect(mcnemarTest({ onlyA: 8, onlyB: 2 }, { midP: true })).toBeCloseTo(67 / 1024, 14);
  });

  it.each([0, 1, 7, 400])('is 1 where both pass %i queries alone', (count) => {
    for (const midP of [false, true])
      expect(mcnemarTest({ onlyA: count, onlyB: count }, { midP })).toBeCloseTo(1, 9);
  });

  it('does not change when the methods swap', () => {
    for (const [onlyA, onlyB] of [
      [3, 9],
      [0, 4],
      [100, 140],
    ] as const)
      // prettier-ignore
      expect(mcnemarTest({ onlyA, onlyB })).toBe(mcnemarTest({ onlyA: onlyB, onlyB: onlyA }));
  });

  it('falls as the counts part', () => {
    const ps = Array.from({ length: 11 }, (_, onlyB) => mcnemarTest({ onlyA: 20 - onlyB, onlyB }));
    expect(ps.every((p, i) => i === 0 || p > ps[i - 1]!)).toBe(true);
  });

  it('agrees with the normal approximation where there are many', () => {
    // z = (5200 - 4800 - 1) / 100 = 3.99: two-sided 6.6e-5
    expect(mcnemarTest({ onlyA: 5200, onlyB: 4800 })).toBeCloseTo(6.6e-5, 6);
  });

  it.each([-1, 0.5, Number.NaN])('refuses a count of %d', (onlyA) => {
    expect(() => mcnemarTest({ onlyA, onlyB: 1 })).toThrow(/whole numbers of at least 0/);
  });
});
