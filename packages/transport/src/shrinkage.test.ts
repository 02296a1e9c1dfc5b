import { createRandom, fromRows, type Matrix } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { buresWasserstein } from './bures-wasserstein.js';
import { gaussianPair } from './gaussian-pair.js';
import { mongeMap } from './monge-map.js';
import { shrinkage, type CovarianceEstimator } from './shrinkage.js';

function rowsOf(seed: string, rows: number, cols: number, scale = 1): Matrix {
  const random = createRandom(seed);
  return fromRows(
    Array.from({ length: rows }, () =>
      Float64Array.from({ length: cols }, (_, at) => scale * (at + 1) * random.normal()),
    ),
  );
}

describe('shrinkage', () => {
  // Rows (2, 0), (-2, 0), (0, 1), (0, -1): S = diag(2, 1/2), tr S = 5/2, ‖S‖² = 17/4, Σ‖x‖⁴ = 34.
  const moments = { rows: 4, dim: 2, trace: 2.5, squares: 4.25, fourth: 34 };

  it('is 0 for the empirical covariance', () => {
    expect(shrinkage('empirical', moments)).toBe(0);
  });

  it('is the noise of S against its distance from a multiple of I, after Ledoit and Wolf', () => {
    // ‖S − (5/4) I‖² = 9/8; noise (34/4 − 17/4) / 4 = 17/16; their quotient is 17/18.
    expect(shrinkage('ledoit-wolf', moments)).toBeCloseTo(17 / 18, 14);
  });

  it('is the oracle approximating share of Chen and others', () => {
    // ((1 − 1) 17/4 + 25/4) / ((5 − 1) 9/8) = (25/4) / (9/2), above 1.
    expect(shrinkage('oas', moments)).toBe(1);
    // With n = 40: (25/4) / (40 · 9/8) = 5/36.
    expect(shrinkage('oas', { ...moments, rows: 40 })).toBeCloseTo(5 / 36, 14);
  });

  it.each<CovarianceEstimator>(['ledoit-wolf', 'oas'])('is 1 where there is one row, for %s', (estimator) => {
    expect(shrinkage(estimator, { rows: 1, dim: 3, trace: 0, squares: 0, fourth: 0 })).toBe(1);
  });
});

describe('buresWasserstein with a shrunk covariance', () => {
  it.each<CovarianceEstimator>(['ledoit-wolf', 'oas'])('has one map in both forms, for %s', (covariance) => {
    const [source, target] = [rowsOf('s', 7, 20), rowsOf('t', 5, 20, 2)];
    const h = rowsOf('h', 1, 20).data;
    const maps = (['dense', 'low-rank'] as const).map((form) =>
      mongeMap(gaussianPair(source, target, { form, covariance }), { source: 0.01, target: 0.01 }, {}).apply(
        h,
      ),
    );
    maps[0]!.forEach((value, at) => expect(maps[1]![at]).toBeCloseTo(value, 10));
  });

  it('tends to the plain map as rows grow in number', () => {
    const [source, target] = [rowsOf('s', 4000, 3), rowsOf('t', 4000, 3, 2)];
    const h = rowsOf('h', 1, 3).data;
    const plain = buresWasserstein().fit({ source, target }).apply(h);
    const shrunk = buresWasserstein({ ridge: 0.01, covariance: 'ledoit-wolf' })
      .fit({ source, target })
      .apply(h);
    plain.forEach((value, at) => expect(shrunk[at]! / value).toBeCloseTo(1, 1));
  });

  it('scales off the span of few rows by the ratio of both floors', () => {
    // Source rows vary along the first axis, target rows twice as much: A is 2 everywhere, ridge aside.
    const source = fromRows([[1, 0, 0, 0, 0, 0], [-1, 0, 0, 0, 0, 0]]); // prettier-ignore
    const target = fromRows([[2, 0, 0, 0, 0, 0], [-2, 0, 0, 0, 0, 0]]); // prettier-ignore
    const map = buresWasserstein({ ridge: 1e-9, covariance: 'oas' }).fit({ source, target });
    const mapped = map.apply(Float64Array.of(1, 1, 1, 1, 1, 1));
    for (const value of mapped) expect(value).toBeCloseTo(2, 6);
  });

  it('refuses an estimator that it does not know', async () => {
    await expectCode(() => buresWasserstein({ covariance: 'best' as 'oas' }), 'invalid-option');
  });
});
