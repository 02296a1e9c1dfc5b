import { row, type Matrix } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { correlatedRows, relativeError } from '../test/probe-map.js';
import { gaussianPair } from './gaussian-pair.js';
import { mongeMap, type Ridges } from './monge-map.js';
import { ridgePath } from './ridge-path.js';
import { covarianceEstimators } from './shrinkage.js';

const both = (ridge: number): Ridges => ({ source: ridge, target: ridge });

function mapped(pair: ReturnType<typeof gaussianPair>, ridges: Ridges, rows: Matrix): Float64Array {
  const map = mongeMap(pair, ridges, {});
  const data = new Float64Array(rows.data.length);
  for (let i = 0; i < rows.rows; i++) data.set(map.apply(row(rows, i)), i * rows.cols);
  return data;
}

describe('ridgePath', () => {
  describe.each([
    ['n < d', 12, 9, 40],
    ['n > d', 40, 30, 8],
    ['one target row', 10, 1, 20],
    ['one source row', 1, 10, 20],
    ['one row a side', 1, 1, 5],
  ])('with %s', (name, sourceRows, targetRows, dim) => {
    const source = correlatedRows(`path source ${name}`, sourceRows, dim);
    const target = correlatedRows(`path target ${name}`, targetRows, dim);
    const queries = correlatedRows(`path queries ${name}`, 7, dim);

    it.each(covarianceEstimators)('maps rows as mongeMap does for every ridge: %s', (covariance) => {
      const pair = gaussianPair(source, target, { covariance });
      const path = ridgePath('test', pair, queries);
      for (const ridges of [both(0.01), both(100), { source: 1, target: 1e-3 }, { source: 0.1, target: 10 }])
        // Rounding of two ways to the same map; largest over smallest eigenvalue is about 1e4 at most.
        expect(relativeError(path(ridges).data, mapped(pair, ridges, queries))).toBeLessThan(1e-11);
    });
  });

  it('keeps small variances accurate beside large ones', () => {
    // Variances differ by 1e6 on both sides, in opposite order: the worst case for a root of their product.
    const dim = 12;
    const scaledRows = (seed: string, scale: (j: number) => number): Matrix => {
      const rows = correlatedRows(seed, 60, dim);
      return { ...rows, data: rows.data.map((value, at) => value * scale(at % dim)) };
    };
    const source = scaledRows('graded source', (j) => 10 ** (1 - j / 4));
    const target = scaledRows('graded target', (j) => 10 ** (j / 4 - 2));
    const pair = gaussianPair(source, target);
    const queries = { ...source, rows: 5, data: source.data.slice(0, 5 * dim) };
    const path = ridgePath('test', pair, queries);
    for (const ridge of [1e-3, 1])
      expect(relativeError(path(both(ridge)).data, mapped(pair, both(ridge), queries))).toBeLessThan(1e-9);
  });

  it('gives float32 rows for float32 rows, and mutates none', () => {
    const pair = gaussianPair(correlatedRows('a', 6, 9), correlatedRows('b', 5, 9));
    const rows = { rows: 2, cols: 9, data: Float32Array.from(correlatedRows('c', 2, 9).data) };
    const before = rows.data.slice();
    expect(ridgePath('test', pair, rows)(both(1)).data).toBeInstanceOf(Float32Array);
    expect(rows.data).toEqual(before);
  });

  it('says so when a ridge is too small for float64', async () => {
    const far = (seed: string): Matrix => {
      const rows = correlatedRows(seed, 4, 9);
      return { ...rows, data: rows.data.map((value) => value * 1e12) };
    };
    const path = ridgePath('test', gaussianPair(far('a'), far('b')), correlatedRows('c', 2, 9));
    await expectCode(() => path(both(1e-30)), 'numerical');
  });
});
