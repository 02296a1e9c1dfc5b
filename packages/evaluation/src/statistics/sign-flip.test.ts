import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import type { Trial } from './intervals.js';
import { mcnemarTest } from './mcnemar.js';
import { signFlipTest } from './sign-flip.js';

const alone = (values: readonly number[]): Trial[] => values.map((value, cluster) => ({ cluster, value }));

describe('signFlipTest', () => {
  it('counts the patterns of signs that reach as far', () => {
    // ±1 ±2 ±3: |sum| >= 6 for 2 of 8 patterns
    expect(signFlipTest(alone([1, 2, 3]))).toBe(2 / 8);
    // 1, 2, -3 sum to 0: every pattern reaches it
    expect(signFlipTest(alone([1, 2, -3]))).toBe(1);
    // 3, 2, -1 sum to 4: 6, 4, and their negatives
    expect(signFlipTest(alone([3, 2, -1]))).toBe(4 / 8);
  });

  it('flips the queries of a cluster together', () => {
    const copies = Array.from({ length: 10 }, (_, i) => ({ cluster: i >> 2, value: 1 }));
    expect(signFlipTest(copies)).toBe(2 / 8);
    expect(signFlipTest(copies)).toBeGreaterThan(signFlipTest(alone(copies.map(({ value }) => value))));
  });

  it.each([
    [5, 1],
    [0, 6],
    [3, 3],
    [8, 4],
  ])('is McNemar’s exact test for %i against %i single queries', (onlyA, onlyB) => {
    // prettier-ignore
    const values = [...Array<number>(onlyA).fill(1), ...Array<number>(onlyB).fill(-1), 0, 0, 0];
    expect(signFlipTest(alone(values))).toBeCloseTo(mcnemarTest({ onlyA, onlyB }), 12);
  });

  it('comes near McNemar’s exact test where it draws patterns', () => {
    const values = [...Array<number>(30).fill(1), ...Array<number>(15).fill(-1)];
    expect(Math.abs(signFlipTest(alone(values)) - mcnemarTest({ onlyA: 30, onlyB: 15 }))).toBeLessThan(0.01);
  });

  it('is the same for a seed, for swapped methods and for another unit', () => {
    const random = createRandom(4);
    const values = Array.from({ length: 40 }, () => random.normal() + 0.2);
    const p = signFlipTest(alone(values), { seed: 3 });
    expect(signFlipTest(alone(values), { seed: 3 })).toBe(p);
    expect(Math.abs(signFlipTest(alone(values.map((value) => -value)), { seed: 3 }) - p)).toBeLessThan(0.02);
    expect(signFlipTest(alone(values.map((value) => 8 * value)), { seed: 3 })).toBe(p);
  });

  it('is never 0, and 1 where nothing differs', () => {
    expect(signFlipTest(alone(Array<number>(100).fill(1)), { resamples: 500 })).toBe(1 / 501);
    expect(signFlipTest(alone([0, 0]))).toBe(1);
  });

  it('rejects at 0.05 in about 5 % of repetitions without a difference', () => {
    let rejected = 0;
    for (let repetition = 0; repetition < 300; repetition++) {
      const random = createRandom(`null ${repetition}`);
      const shared = Array.from({ length: 11 }, () => random.normal());
      const trials = Array.from({ length: 33 }, (_, i) => ({
        cluster: i % 11,
        value: shared[i % 11]! + random.normal(),
      }));
      if (signFlipTest(trials) <= 0.05) rejected++;
    }
    // 15 expected, standard deviation 3.8.
    expect(rejected).toBeGreaterThan(4);
    expect(rejected).toBeLessThan(27);
  });

  it('refuses no differences, and one that is not finite', () => {
    expect(() => signFlipTest([])).toThrow(/at least one difference/);
    expect(() => signFlipTest(alone([1, Infinity]))).toThrow(/finite differences, got Infinity/);
  });
});
