import { describe, expect, it } from 'vitest';
import { EMBEDDED_BYTES, estimate, estimateText } from './estimate.js';

const work = { suites: 3, edits: 200, ablated: 50, workers: 1 };

describe('estimate', () => {
  it('grows with the square of live edits, and with the weights but for comparing with them', () => {
    const { seconds } = estimate(EMBEDDED_BYTES, work);
    const twice = estimate(EMBEDDED_BYTES, { ...work, edits: 400 }).seconds;
    expect(twice).toBeGreaterThan(2 * seconds);
    expect(twice).toBeLessThan(4 * seconds);
    const large = estimate(100 * EMBEDDED_BYTES, work).seconds;
    expect(large).toBeGreaterThan(50 * seconds);
    expect(large).toBeLessThan(100 * seconds);
  });

  it('shares time among workers and gives each its memory', () => {
    const [one, two] = [1, 2].map((workers) => estimate(1e9, { ...work, workers }));
    expect(two!.seconds).toBeCloseTo(one!.seconds / 2, 6);
    expect(two!.memory).toBeCloseTo(2 * one!.memory, 0);
    expect(one!.memory).toBeGreaterThan(1e9);
  });

  it('asks no less for a model smaller than the embedded one', () => {
    expect(estimate(1, work).seconds).toBe(estimate(EMBEDDED_BYTES, work).seconds);
  });

  it('reads as a sentence', () => {
    const text = estimateText(EMBEDDED_BYTES, { ...work, edits: 20, ablated: 6, workers: 2 });
    expect(text).toMatch(/^roughly \d+m \d\ds on as many cores as workers \(2\), and \d\.\d GiB of memory$/);
  });
});
