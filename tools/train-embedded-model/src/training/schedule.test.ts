import { describe, expect, it } from 'vitest';
import { learningRateAt } from './schedule.js';

const options = { peak: 1, floor: 0.1, warmupSteps: 10, totalSteps: 110 };

describe('learningRateAt', () => {
  it('warms up in a line, peaks, passes the middle at the middle and ends at the floor', () => {
    expect(learningRateAt(0, options)).toBeCloseTo(0.1);
    expect(learningRateAt(9, options)).toBeCloseTo(1);
    expect(learningRateAt(10, options)).toBeCloseTo(1);
    expect(learningRateAt(60, options)).toBeCloseTo(0.55);
    expect(learningRateAt(110, options)).toBeCloseTo(0.1);
    expect(learningRateAt(500, options)).toBeCloseTo(0.1);
  });

  it('never rises after the warm-up', () => {
    const rates = Array.from({ length: 100 }, (_, i) => learningRateAt(10 + i, options));
    expect(rates.every((rate, i) => i === 0 || rate <= rates[i - 1]!)).toBe(true);
  });
});
