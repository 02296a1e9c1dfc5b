import { fromRows } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { correlatedRows, relativeError } from '../test/probe-map.js';
import { buresWasserstein } from './bures-wasserstein.js';
import { diagonalGaussian } from './diagonal-gaussian.js';

describe('diagonalGaussian', () => {
  it('scales each coordinate by the ratio of standard deviations, ridge included', () => {
    // Variances: source 1 and 4, target 9 and 0.
    const source = fromRows([[1, 2], [-1, -2]]); // prettier-ignore
    const target = fromRows([[13, 5], [7, 5]]); // prettier-ignore
    const map = diagonalGaussian({ ridge: 0.5 }).fit({ source, target });
    const [x, y] = map.apply(Float64Array.of(2, 2));
    expect(x).toBeCloseTo(10 + 2 * Math.sqrt(9.5 / 1.5), 13);
    expect(y).toBeCloseTo(5 + 2 * Math.sqrt(0.5 / 4.5), 13);
  });

  it('is the Monge map in one dimension, and does not see how coordinates vary together', () => {
    const rows = (seed: string, dim: number) => correlatedRows(seed, 30, dim);
    const query = Float64Array.of(1, -2);
    const line = { source: rows('s', 1), target: rows('t', 1) };
    const expected = buresWasserstein().fit(line).apply(query.slice(0, 1));
    expect(relativeError(diagonalGaussian().fit(line).apply(query.slice(0, 1)), expected)).toBeLessThan(
      1e-12,
    );
    const plane = { source: rows('s', 2), target: rows('t', 2) };
    const whole = buresWasserstein().fit(plane).apply(query);
    expect(relativeError(diagonalGaussian().fit(plane).apply(query), whole)).toBeGreaterThan(1e-2);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a ridge of %s', async (ridge) => {
    await expectCode(() => diagonalGaussian({ ridge }), 'invalid-option');
  });
});
