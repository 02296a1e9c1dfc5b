import { createRandom, fromRows, row, type MapperInput, type Matrix } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { EigenvalueDecomposition, Matrix as Dense } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { correlatedRows, covarianceOf, multiply, probeMap, relativeError } from '../test/probe-map.js';
import { buresWasserstein, DEFAULT_RIDGE } from './bures-wasserstein.js';
import { gaussianPair } from './gaussian-pair.js';
import { mongeMap } from './monge-map.js';

const one = (...values: number[]): Matrix => ({
  rows: 1,
  cols: values.length,
  data: Float64Array.from(values),
});

describe('buresWasserstein', () => {
  it('scales each axis by the ratio of standard deviations when covariances are diagonal', () => {
    // Variances: source 1 and 4, target 9 and 1; without their ridge of 0.0001 the scales are 3 and 0.5.
    const source = fromRows([[1, 2], [-1, 2], [1, -2], [-1, -2]]); // prettier-ignore
    const target = fromRows([[13, 6], [7, 6], [13, 4], [7, 4]]); // prettier-ignore
    const map = buresWasserstein({ ridge: 1e-4 }).fit({ source, target });
    const [x, y] = map.apply(Float64Array.of(1, 2));
    expect(x).toBeCloseTo(10 + Math.sqrt(9.0001 / 1.0001), 12);
    expect(y).toBeCloseTo(5 + 2 * Math.sqrt(1.0001 / 4.0001), 12);
  });

  it('shifts by the difference when each side is one row', () => {
    const map = buresWasserstein().fit({ source: one(1, 2, 3), target: one(0, 5, 3) });
    expect([...map.apply(Float64Array.of(10, 10, 10))]).toEqual([9, 13, 10]);
    expect(map.settings).toMatchObject({ ridge: DEFAULT_RIDGE, rank: 0, criterion: 'given' });
  });

  describe.each([
    ['n < d', 10, 7, 24],
    ['n = d', 8, 8, 14],
    ['n > d', 40, 25, 6],
    ['one target row', 12, 1, 20],
    ['one source row', 1, 12, 20],
    ['one column', 9, 9, 1],
  ])('with %s', (name, sourceRows, targetRows, dim) => {
    const ridge = 0.05;
    const source = correlatedRows(`source ${name}`, sourceRows, dim);
    const target = correlatedRows(`target ${name}`, targetRows, dim);
    const map = buresWasserstein({ ridge }).fit({ source, target });
    const { a } = probeMap(map);
    const mean = (rows: Matrix): Float64Array =>
      Float64Array.from({ length: dim }, (_, j) => {
        let sum = 0;
        for (let i = 0; i < rows.rows; i++) sum += row(rows, i)[j]!;
        return sum / rows.rows;
      });

    it('maps the source mean to the target mean', () => {
      expect(relativeError(map.apply(mean(source)), mean(target))).toBeLessThan(1e-14);
    });

    it('carries one covariance to the other: A Σ_s A = Σ_t', () => {
      const carried = multiply(multiply(a, covarianceOf(source, ridge), dim), a, dim);
      expect(relativeError(carried, covarianceOf(target, ridge))).toBeLessThan(1e-12);
    });

    it('is symmetric positive definite', () => {
      const transposed = a.map((_, at) => a[(at % dim) * dim + Math.floor(at / dim)]!);
      expect(relativeError(transposed, a)).toBeLessThan(1e-13);
      const rows = Array.from({ length: dim }, (_, i) => a.slice(i * dim, (i + 1) * dim));
      const { realEigenvalues } = new EigenvalueDecomposition(new Dense(rows), { assumeSymmetric: true });
      expect(Math.min(...realEigenvalues)).toBeGreaterThan(0);
    });

    it('has the map of swapped sides as its inverse', () => {
      const back = buresWasserstein({ ridge }).fit({ source: target, target: source });
      const h = correlatedRows('query', 1, dim).data;
      expect(relativeError(back.apply(map.apply(h)), h)).toBeLessThan(1e-11);
    });

    it('is the identity between equal sets', () => {
      const same = buresWasserstein({ ridge }).fit({ source, target: source });
      const h = correlatedRows('query', 1, dim).data;
      expect(relativeError(same.apply(h), h)).toBeLessThan(1e-12);
    });

    it('is the same map in low-rank and in dense form', () => {
      const h = correlatedRows('query', 1, dim).data;
      const [lowRank, dense] = (['low-rank', 'dense'] as const).map((form) =>
        mongeMap(gaussianPair(source, target, { form }), { source: ridge, target: ridge }, {}).apply(h),
      );
      // The issue asks for 1e-10; rounding alone leaves about 1e-14.
      expect(relativeError(lowRank!, dense!)).toBeLessThan(1e-10);
    });
  });

  it('agrees with the dense form on float32 rows far from the origin and on duplicates', () => {
    const base = correlatedRows('far', 9, 40);
    const far = Float32Array.from(base.data, (value) => 100 + value);
    const rows = fromRows([0, 1, 2, 2, 1, 0, 3].map((i) => far.subarray(i * 40, (i + 1) * 40)));
    const target = fromRows([4, 5, 5, 6].map((i) => far.subarray(i * 40, (i + 1) * 40)));
    const lowRank = gaussianPair(rows, target, { form: 'low-rank' });
    expect(lowRank.rank).toBe(3 + 2);
    const h = Float64Array.from(far.subarray(0, 40));
    for (const ridges of [
      { source: 0.01, target: 0.01 },
      { source: 1, target: 1e-4 },
    ]) {
      const expected = mongeMap(gaussianPair(rows, target, { form: 'dense' }), ridges, {}).apply(h);
      expect(relativeError(mongeMap(lowRank, ridges, {}).apply(h), expected)).toBeLessThan(1e-10);
    }
  });

  it('brings what no row varies in nearer to the targets under a smaller ridge of theirs', () => {
    const [source, target] = [correlatedRows('a', 5, 40), correlatedRows('b', 4, 40)];
    const map = buresWasserstein({ ridge: 1, targetRidge: 0.01 }).fit({ source, target });
    const zero = map.apply(new Float64Array(40));
    const { basis } = gaussianPair(source, target);
    const off = correlatedRows('off', 1, 40).data.slice() as Float64Array;
    for (let k = 0; k < basis!.rank; k++) {
      const axis = basis!.vectors.subarray(k * 40, (k + 1) * 40);
      const along = axis.reduce((sum, value, j) => sum + value * off[j]!, 0);
      axis.forEach((value, j) => (off[j]! -= along * value));
    }
    const moved = map.apply(off).map((value, j) => value - zero[j]!);
    expect(
      relativeError(
        moved,
        off.map((value) => value / 10),
      ),
    ).toBeLessThan(1e-12);
    expect(map.settings).toMatchObject({ ridge: 1, targetRidge: 0.01 });
  });

  it('refuses a target ridge that is not positive', async () => {
    await expectCode(() => buresWasserstein({ targetRidge: 0 }), 'invalid-option');
  });

  it('stores d·k values, not d², while the rows cannot span the space', () => {
    const map = buresWasserstein().fit({
      source: correlatedRows('a', 6, 300),
      target: correlatedRows('b', 5, 300),
    });
    const { tensors } = map.toTensors();
    expect(tensors['basis']!.shape).toEqual([9, 300]);
    expect(tensors['core']!.shape).toEqual([9, 9]);
  });

  it.each([
    ['buresWasserstein, given ridge', buresWasserstein()],
    ['buresWasserstein, cross-validated', buresWasserstein({ ridge: 'cross-validated', folds: 2 })],
  ])('never forms a d×d matrix from few rows: %s', async (_, mapper) => {
    // One matrix of this width takes 320 GB, which no machine that runs tests hands out.
    const dim = 200_000;
    const rows = (seed: string): Matrix => {
      const random = createRandom(seed);
      return { rows: 5, cols: dim, data: Float32Array.from({ length: 5 * dim }, () => random.normal()) };
    };
    const source = rows('wide source');
    const map = await mapper.fit({ source, target: rows('wide target') });
    expect(map.settings['rank']).toBe(8);
    expect(map.apply(row(source, 0)).every((value) => Number.isFinite(value))).toBe(true);
    const values = Object.values(map.toTensors().tensors).reduce((sum, { data }) => sum + data.length, 0);
    expect(values).toBe(8 * dim + 8 * 8 + 2 * dim);
  });

  it('mutates neither rows nor the map when applied', () => {
    const source = correlatedRows('source', 8, 12);
    const target = correlatedRows('target', 8, 12);
    const copies = [source.data.slice(), target.data.slice()];
    const map = buresWasserstein().fit({ source, target });
    const before = structuredClone(map.toTensors());
    map.apply(row(source, 0));
    expect(map.toTensors()).toEqual(before);
    expect([source.data, target.data]).toEqual(copies);
  });

  it('keeps small variances accurate beside large ones', () => {
    // Commuting covariances: A is known. Largest over smallest variance is 1e6 on both sides.
    const dim = 6;
    const rows = (scales: readonly number[]): Matrix => {
      const data = new Float64Array(2 * dim * dim);
      scales.forEach((scale, j) => {
        data[2 * j * dim + j] = scale * Math.sqrt(dim);
        data[(2 * j + 1) * dim + j] = -scale * Math.sqrt(dim);
      });
      return { rows: 2 * dim, cols: dim, data };
    };
    const sourceScales = [100, 30, 10, 1, 0.3, 0.1];
    const targetScales = [0.1, 0.3, 100, 1, 10, 30];
    const ridge = 1e-2;
    const { a } = probeMap(
      buresWasserstein({ ridge }).fit({ source: rows(sourceScales), target: rows(targetScales) }),
    );
    sourceScales.forEach((scale, j) => {
      const expected = Math.sqrt((targetScales[j]! ** 2 + ridge) / (scale ** 2 + ridge));
      expect(a[j * dim + j]! / expected).toBeCloseTo(1, 8);
    });
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a ridge of %s', async (ridge) => {
    await expectCode(() => buresWasserstein({ ridge }), 'invalid-option');
    await expectCode(
      () => buresWasserstein({ ridge: 'cross-validated', ridges: [1, ridge] }),
      'invalid-option',
    );
  });

  it('refuses options of cross-validation beside a given ridge, no ridges and one fold', async () => {
    await expectCode(() => buresWasserstein({ ridge: 1, folds: 3 }), 'invalid-option');
    await expectCode(() => buresWasserstein({ ridge: 'cross-validated', ridges: [] }), 'invalid-option');
    await expectCode(() => buresWasserstein({ ridge: 'cross-validated', folds: 1 }), 'invalid-option');
  });

  it('says so when a ridge is too small for float64', async () => {
    const source = correlatedRows('source', 3, 4);
    const huge = { ...source, data: source.data.map((value) => value * 1e12) };
    const input: MapperInput = { source: huge, target: huge };
    await expectCode(() => buresWasserstein({ ridge: 1e-30 }).fit(input), 'numerical');
  });
});
