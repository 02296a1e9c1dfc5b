import { createRandom, fromRows, type Matrix } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { farthestPoints } from './farthest-points.js';

const line = fromRows([0, 1, 2, 9, 10].map((x) => Float64Array.of(x)));

function cloud(rows: number, cols: number, seed: number): Matrix {
  const random = createRandom(seed);
  return { rows, cols, data: Float64Array.from({ length: rows * cols }, () => random.normal()) };
}

/** Least distance between two of the chosen rows. */
function spread({ cols, data }: Matrix, chosen: readonly number[]): number {
  let least = Infinity;
  for (const i of chosen)
    for (const j of chosen)
      if (i < j) {
        let sum = 0;
        for (let k = 0; k < cols; k++) sum += (data[i * cols + k]! - data[j * cols + k]!) ** 2;
        least = Math.min(least, Math.sqrt(sum));
      }
  return least;
}

describe('farthestPoints', () => {
  it('goes to the row farthest from those it has', () => {
    expect(farthestPoints(line, { count: 4, first: [0], distance: 'euclidean' })).toEqual([0, 4, 2, 1]);
  });

  it('compares directions under the cosine', () => {
    const rows = fromRows([Float64Array.of(1, 0), Float64Array.of(9, 1), Float64Array.of(0, 0.1)]);
    expect(farthestPoints(rows, { count: 2, first: [0] })).toEqual([0, 2]);
    expect(farthestPoints(rows, { count: 2, first: [0], distance: 'euclidean' })).toEqual([0, 1]);
  });

  it('chooses for k what it chooses first for more', () => {
    const points = cloud(40, 5, 3);
    const all = farthestPoints(points, { count: 40, first: [7] });
    expect(new Set(all).size).toBe(40);
    for (const count of [1, 5, 17])
      expect(farthestPoints(points, { count, first: [7] })).toEqual(all.slice(0, count));
  });

  it('is at least half as spread as the best subset', () => {
    for (const seed of [1, 2, 3]) {
      const points = cloud(9, 2, seed);
      let best = 0;
      for (let a = 0; a < 9; a++)
        for (let b = a + 1; b < 9; b++)
          for (let c = b + 1; c < 9; c++) best = Math.max(best, spread(points, [a, b, c]));
      const chosen = farthestPoints(points, { count: 3, seed, distance: 'euclidean' });
      expect(spread(points, chosen)).toBeGreaterThanOrEqual(best / 2);
    }
  });

  it('begins with a row that the seed draws', () => {
    const points = cloud(30, 3, 1);
    const firsts = [0, 1, 2, 3, 4, 5].map((seed) => farthestPoints(points, { count: 1, seed })[0]);
    expect(farthestPoints(points, { count: 1, seed: 4 })[0]).toBe(firsts[4]);
    expect(new Set(firsts).size).toBeGreaterThan(1);
  });

  it('takes a duplicate last, and leaves its input as it was', () => {
    const rows = fromRows([1, 1, 5, 3].map((x) => Float64Array.of(x, 1)));
    const before = rows.data.slice();
    expect(farthestPoints(rows, { count: 4, first: [0], distance: 'euclidean' })).toEqual([0, 2, 3, 1]);
    expect(rows.data).toEqual(before);
  });

  it('refuses more rows than there are, rows that are not there, and embeddings without a direction', async () => {
    await expectCode(() => farthestPoints(line, { count: 6 }), 'not-enough-data');
    await expectCode(() => farthestPoints(line, { count: 2, first: [5] }), 'invalid-option');
    await expectCode(() => farthestPoints(line, { count: 2, first: [1, 1] }), 'invalid-option');
    await expectCode(() => farthestPoints(line, { count: 0 }), 'invalid-option');
    await expectCode(() => farthestPoints(line, { count: 2 }), 'numerical');
    await expectCode(() => farthestPoints(fromRows([Float64Array.of(NaN)]), { count: 1 }), 'numerical');
  });
});
