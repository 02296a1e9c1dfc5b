import { createRandom } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { calibrateThreshold, describeTarget, type CalibrationTarget } from './calibrate-threshold.js';

const random = createRandom('calibrate-threshold');
/** Overlapping: positives around 2, negatives around 5, standard deviation 1. */
const sample = (count: number, centre: number): number[] =>
  Array.from({ length: count }, () => Math.abs(centre + random.normal()));
const positives = sample(400, 2);
const negatives = sample(300, 5);
const infinity = Number.POSITIVE_INFINITY;

describe('calibrateThreshold', () => {
  it('covers the stated share of positives with the smallest distance that does', () => {
    const target = { kind: 'coverage', share: 0.95 } as const;
    const { threshold, falseReject } = calibrateThreshold({ positives, negatives, target });
    expect(falseReject).toBe(0.05);
    expect(positives.filter((distance) => distance < threshold)).toHaveLength(379);
    const twenty = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(calibrateThreshold({ positives: twenty, negatives: [], target })).toEqual({
      threshold: 19,
      falseReject: 0.05,
      positives: 20,
      negatives: 0,
    });
  });

  it('accepts at most the stated share of negatives, and one more would be too many', () => {
    const { threshold, falseAccept } = calibrateThreshold({
      positives,
      negatives,
      target: { kind: 'false-accept', rate: 0.02 },
    });
    expect(falseAccept).toBe(0.02);
    expect(Math.min(...negatives.filter((distance) => distance > threshold))).toBeLessThan(threshold + 0.1);
  });

  it('lies between the nearest negative and what is below it when no negative may pass', () => {
    const target = { kind: 'false-accept', rate: 0 } as const;
    expect(calibrateThreshold({ positives: [1, 2, 9], negatives: [4, 8], target }).threshold).toBe(3);
    expect(calibrateThreshold({ positives: [], negatives: [4, 4, 8], target }).threshold).toBe(2);
  });

  it('keeps tied negatives out together', () => {
    const target = { kind: 'false-accept', rate: 0.5 } as const;
    const calibration = calibrateThreshold({ positives: [1], negatives: [3, 5, 5, 5], target });
    expect(calibration).toMatchObject({ threshold: 4, falseAccept: 0.25 });
  });

  it('balances both errors near where the densities cross', () => {
    const { threshold, falseReject, falseAccept } = calibrateThreshold({
      positives,
      negatives,
      target: { kind: 'balanced' },
    });
    expect(threshold).toBeCloseTo(3.5, 0);
    // Theory: 1 - Phi(1.5) = 0.067 on each side; the standard error of the mean rate is 0.01.
    expect((falseReject! + falseAccept!) / 2).toBeLessThan(0.1);
  });

  it('takes the middle of the gap between separable sides', () => {
    const target = { kind: 'balanced' } as const;
    expect(calibrateThreshold({ positives: [1, 2], negatives: [6, 7], target }).threshold).toBe(4);
    expect(calibrateThreshold({ positives: [1, 2], negatives: [infinity], target }).threshold).toBe(2);
  });

  it('takes the midpoint of percentiles of closeness', () => {
    const hundred = Array.from({ length: 101 }, (_, index) => index);
    const target = { kind: 'midpoint', positivePercentile: 3, negativePercentile: 98 } as const;
    const far = hundred.map((distance) => distance + 200);
    // 97th percentile of positive distances, 2nd of negative ones.
    expect(calibrateThreshold({ positives: hundred, negatives: far, target }).threshold).toBe((97 + 202) / 2);
  });

  it('holds the midpoint to a rate of false accepts where sides overlap, and only there', () => {
    const target = {
      ...({ kind: 'midpoint', positivePercentile: 0, negativePercentile: 100 } as const),
      maxFalseAccept: 0.25,
    };
    // Midway 5.5 would accept all four negatives; a quarter of them may be, so the border is between 2 and 3.
    const overlapping = calibrateThreshold({ positives: [1, 9], negatives: [2, 3, 4, 5], target });
    expect(overlapping).toMatchObject({ threshold: 2.5, falseAccept: 0.25, falseReject: 0.5 });
    // Apart, midway is the tighter of the two.
    expect(calibrateThreshold({ positives: [1, 2], negatives: [10, 20, 30, 40], target }).threshold).toBe(6);
    expect(describeTarget(target)).toBe('midpoint 0/100, at most 0.25 false accepts');
  });

  it.each<[string, number[], number[], CalibrationTarget]>([
    ['equal distances', [2, 2], [2, 2], { kind: 'balanced' }],
    ['positives at 0', [0, 0], [], { kind: 'coverage', share: 0.9 }],
    ['infinite positives', [1, infinity], [], { kind: 'coverage', share: 1 }],
    ['a negative at 0', [1], [0], { kind: 'false-accept', rate: 0 }],
    [
      'infinite negatives',
      [1],
      [infinity],
      { kind: 'midpoint', positivePercentile: 3, negativePercentile: 98 },
    ],
  ])('finds no threshold for %s', async (_, positives, negatives, target) => {
    await expectCode(() => calibrateThreshold({ positives, negatives, target }), 'numerical');
  });

  it('refuses an empty side that its target needs, and distances that are none', async () => {
    const run = (positives: number[], negatives: number[], target: CalibrationTarget): unknown =>
      calibrateThreshold({ positives, negatives, target });
    await expectCode(() => run([], [1], { kind: 'coverage', share: 0.9 }), 'not-enough-data');
    await expectCode(() => run([1], [], { kind: 'false-accept', rate: 0.1 }), 'not-enough-data');
    await expectCode(() => run([1], [], { kind: 'balanced' }), 'not-enough-data');
    await expectCode(() => run([Number.NaN], [1], { kind: 'balanced' }), 'invalid-input');
    await expectCode(() => run([1], [-1], { kind: 'balanced' }), 'invalid-input');
  });

  it.each<CalibrationTarget>([
    { kind: 'coverage', share: 0 },
    { kind: 'coverage', share: 1.1 },
    { kind: 'false-accept', rate: 1 },
    { kind: 'midpoint', positivePercentile: -1, negativePercentile: 98 },
    { kind: 'midpoint', positivePercentile: 3, negativePercentile: 98, maxFalseAccept: 1 },
    { kind: 'best' } as unknown as CalibrationTarget,
  ])('refuses the target %o', async (target) => {
    await expectCode(() => calibrateThreshold({ positives: [1], negatives: [2], target }), 'invalid-option');
  });
});
