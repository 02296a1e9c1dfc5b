import { createRandom } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { harmonicMeanDifference, harmonicMeanInterval } from './harmonic-mean.js';
import { wilsonInterval, type Trial } from './intervals.js';

const trials = (...values: number[]): Trial[] => values.map((value, cluster) => ({ cluster, value }));

describe('harmonicMeanInterval', () => {
  it('is k / Σ 1/mᵢ of the means', () => {
    const { value, interval } = harmonicMeanInterval([trials(1, 1, 1, 1), trials(1, 0, 1, 0)]);
    expect(value).toBeCloseTo(2 / (1 + 2), 14);
    expect(interval[0]).toBeLessThan(value);
    expect(interval[1]).toBeGreaterThan(value);
  });

  it('is 0 where a mean is 0, and leaves room there as at 1', () => {
    expect(harmonicMeanInterval([trials(0, 0, 0), trials(1, 1, 1)])).toEqual({
      value: 0,
      interval: wilsonInterval(0, 3),
    });
    expect(harmonicMeanInterval([trials(1, 1, 1)])).toEqual({ value: 1, interval: wilsonInterval(3, 3) });
  });

  it('refuses a list without trials', async () => {
    await expectCode(() => harmonicMeanInterval([trials(1), []]), 'not-enough-data');
  });
});

describe('harmonicMeanDifference', () => {
  const random = createRandom('pairs');
  const coins = (share: number): Trial[] =>
    Array.from({ length: 80 }, (_, cluster) => ({ cluster, value: random.next() < share ? 1 : 0 }));

  it('is the difference of the two harmonic means', () => {
    const { a, b, difference } = harmonicMeanDifference(
      [trials(1, 1, 1, 1), trials(1, 0, 1, 0)],
      [trials(1, 1, 0, 0), trials(1, 0, 1, 0)],
    );
    expect(a).toBeCloseTo(2 / 3, 14);
    expect(b).toBeCloseTo(1 / 2, 14);
    expect(difference).toBeCloseTo(1 / 6, 14);
  });

  it('is narrower than the two intervals where methods agree on most queries', () => {
    const [first, second] = [coins(0.6), coins(0.7)];
    const better = first.map((trial) => (trial.cluster < 8 ? { ...trial, value: 1 } : trial));
    const paired = harmonicMeanDifference([better, second], [first, second]);
    const width = ([low, high]: readonly [number, number]): number => high - low;
    const alone = width(harmonicMeanInterval([first, second]).interval);
    expect(width(paired.interval)).toBeLessThan(alone / 2);
  });

  it('gives a small p to a clear difference and none to chance', () => {
    const [worse, other] = [coins(0.3), coins(0.9)];
    const better = worse.map((trial) => (trial.cluster % 2 === 0 ? { ...trial, value: 1 } : trial));
    const clear = harmonicMeanDifference([better, other], [worse, other]);
    expect(clear.p).toBeLessThan(0.01);
    expect(clear.interval[0]).toBeGreaterThan(0);
    const back = harmonicMeanDifference([worse, other], [better, other]);
    expect(back.difference).toBeCloseTo(-clear.difference, 14);
    const swapped = worse.map(({ cluster }) => ({ cluster, value: worse[cluster ^ 1]!.value }));
    expect(harmonicMeanDifference([swapped, other], [worse, other]).p).toBeGreaterThan(0.05);
  });

  it('rejects about one in twenty comparisons of methods that are alike', () => {
    const repetitions = 300;
    let rejected = 0;
    for (let seed = 0; seed < repetitions; seed++) {
      const lists = [coins(0.7), coins(0.6), coins(0.7), coins(0.6)];
      const { p } = harmonicMeanDifference(lists.slice(0, 2), lists.slice(2), { resamples: 300, seed });
      if (p <= 0.05) rejected++;
    }
    // Binomial(300, 0.05) lies within 5 to 28 with probability 0.999; the percentile bootstrap is a little liberal.
    expect(rejected).toBeGreaterThanOrEqual(5);
    expect(rejected).toBeLessThanOrEqual(30);
  });

  it('leaves room around 0 where nothing differs, with a p of 1', () => {
    const same = [trials(1, 1, 0), trials(1, 1, 1)];
    const reach = wilsonInterval(0, 3)[1];
    expect(harmonicMeanDifference(same, same)).toMatchObject({
      difference: 0,
      interval: [-reach, reach],
      p: 1,
    });
  });

  it('refuses lists of other queries, and one without trials', async () => {
    await expectCode(() => harmonicMeanDifference([trials(1, 0)], [trials(1)]), 'shape-mismatch');
    await expectCode(() => harmonicMeanDifference([[]], [[]]), 'not-enough-data');
  });
});
