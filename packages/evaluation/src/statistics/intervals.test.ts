import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { clusterBootstrapInterval, pairedDifference, wilsonInterval } from './intervals.js';

describe('wilsonInterval', () => {
  it('gives the textbook interval for 8 of 10', () => {
    const [low, high] = wilsonInterval(8, 10);
    expect(low).toBeCloseTo(0.4902, 4);
    expect(high).toBeCloseTo(0.9433, 4);
  });

  it('stays within [0, 1] and keeps width at the ends', () => {
    const [low, high] = wilsonInterval(60, 60);
    expect(high).toBeCloseTo(1, 12);
    expect(low).toBeCloseTo(0.9398, 4);
  });

  it.each([1, 2, 3, 7, 12, 28, 60, 150, 200, 1995])(
    'ends at 0 and 1 themselves where none or all of %i succeeded',
    (n) => {
      // z² / (n + z²) from either end.
      const reach = 1.959963984540054 ** 2 / (n + 1.959963984540054 ** 2);
      const [none, all] = [wilsonInterval(0, n), wilsonInterval(n, n)];
      expect([none[0], all[1]]).toEqual([0, 1]);
      expect(none[1]).toBeCloseTo(reach, 12);
      expect(all[0]).toBeCloseTo(1 - reach, 12);
    },
  );

  it('refuses an empty share', () => {
    expect(() => wilsonInterval(0, 0)).toThrow(/at least one trial/);
  });
});

describe('clusterBootstrapInterval', () => {
  it('is wider for clusters of copies than for as many independent trials', () => {
    const random = createRandom(1);
    const copies = Array.from({ length: 60 }, (_, cluster) => ({ cluster, value: random.integer(2) }));
    const clustered = copies.flatMap((trial) => Array.from({ length: 5 }, () => trial));
    const independent = clustered.map(({ value }, cluster) => ({ cluster, value }));
    const width = ([low, high]: readonly [number, number]): number => high - low;
    expect(width(clusterBootstrapInterval(clustered))).toBeGreaterThan(
      1.7 * width(clusterBootstrapInterval(independent)),
    );
  });

  it('falls back to Wilson over clusters when every trial succeeded', () => {
    const trials = Array.from({ length: 40 }, (_, i) => ({ cluster: i >> 1, value: 1 }));
    expect(clusterBootstrapInterval(trials)).toEqual(wilsonInterval(20, 20));
  });

  it('covers the true share in about 95 % of repetitions', () => {
    let covered = 0;
    for (let repetition = 0; repetition < 200; repetition++) {
      const random = createRandom(`coverage ${repetition}`);
      const trials = Array.from({ length: 100 }, (_, cluster) => ({
        cluster,
        value: random.next() < 0.7 ? 1 : 0,
      }));
      const [low, high] = clusterBootstrapInterval(trials, { resamples: 400, seed: repetition });
      if (low <= 0.7 && 0.7 <= high) covered++;
    }
    // Binomial(200, 0.95): 0.90 lies three standard deviations below.
    expect(covered / 200).toBeGreaterThan(0.9);
  });

  it('is the same for the same seed', () => {
    const trials = [0, 1, 1, 0, 1].map((value, cluster) => ({ cluster, value }));
    expect(clusterBootstrapInterval(trials, { seed: 3 })).toEqual(
      clusterBootstrapInterval(trials, { seed: 3 }),
    );
  });
});

describe('pairedDifference', () => {
  it('is narrower than two separate intervals when methods agree on most queries', () => {
    const random = createRandom(2);
    const a = Array.from({ length: 200 }, (_, cluster) => ({ cluster, value: random.integer(2) }));
    const b = a.map((trial, i) => (i % 20 === 0 ? { ...trial, value: 0 } : trial));
    const { difference, interval } = pairedDifference(a, b);
    expect(difference).toBeGreaterThan(0);
    expect(interval[1] - interval[0]).toBeLessThan(0.08);
  });

  it.each([
    [1, 1, 0],
    [0, 1, -1],
    [1, 0, 1],
  ])('keeps width where every query has one difference (%i against %i)', (a, b, difference) => {
    const trials = (value: number): { cluster: number; value: number }[] =>
      Array.from({ length: 40 }, (_, i) => ({ cluster: i >> 1, value }));
    const reach = wilsonInterval(0, 20)[1];
    expect(pairedDifference(trials(a), trials(b))).toEqual({
      difference,
      interval: [Math.max(-1, difference - reach), Math.min(1, difference + reach)],
      n: 40,
    });
  });

  it('refuses an empty list', () => {
    expect(() => pairedDifference([], [])).toThrow(/at least one trial/);
  });

  it('refuses methods that were scored on different queries', () => {
    expect(() => pairedDifference([{ cluster: 0, value: 1 }], [])).toThrow(/same queries/);
  });
});

describe('intervals of values that are no shares', () => {
  const equal = [0, 1, 2].map((cluster) => ({ cluster, value: 0 }));

  it('have no width where all values are equal', () => {
    expect(clusterBootstrapInterval(equal, { shares: false })).toEqual([0, 0]);
    expect(pairedDifference(equal, equal, { shares: false }).interval).toEqual([0, 0]);
  });

  it('leave room where they are shares', () => {
    expect(clusterBootstrapInterval(equal)[1]).toBeGreaterThan(0.5);
    expect(pairedDifference(equal, equal).interval[1]).toBeGreaterThan(0.5);
  });
});
