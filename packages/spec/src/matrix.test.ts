import { describe, expect, it } from 'vitest';
import { fromRows, matrix, row, selectRows, stackRows } from './matrix.js';

const table = matrix(3, 2, Float32Array.of(1, 2, 3, 4, 5, 6));
const mismatch = expect.objectContaining({ code: 'shape-mismatch' });

describe('matrix', () => {
  it('keeps the data it is given', () => {
    const data = new Float64Array(6);
    expect(matrix(2, 3, data).data).toBe(data);
    expect(matrix(0, 3, new Float32Array(0)).rows).toBe(0);
  });

  it.each([
    [2, 2],
    [-3, -2],
    [1.5, 4],
  ])('refuses %d x %d over six values', (rows, cols) => {
    expect(() => matrix(rows, cols, new Float32Array(6))).toThrow(mismatch);
  });
});

describe('row', () => {
  it('is a view', () => {
    const own = matrix(2, 2, Float64Array.of(1, 2, 3, 4));
    row(own, 1)[0] = 9;
    expect([...own.data]).toEqual([1, 2, 9, 4]);
  });

  it.each([-1, 3, 0.5])('refuses the index %d', (index) => {
    expect(() => row(table, index)).toThrow(mismatch);
  });
});

describe('fromRows', () => {
  it('copies rows into float32', () => {
    expect(fromRows([[1, 2], Float64Array.of(3, 4)])).toEqual(matrix(2, 2, Float32Array.of(1, 2, 3, 4)));
    expect(fromRows([])).toEqual(matrix(0, 0, new Float32Array(0)));
  });

  it('refuses rows of different lengths, whichever is longer', () => {
    expect(() => fromRows([[1], [1, 2]])).toThrow(/row 1 of length 1, got 2/);
    expect(() => fromRows([[1, 2], [1]])).toThrow(mismatch);
  });
});

describe('selectRows', () => {
  it('copies rows in the order named, in the type of the data', () => {
    expect(selectRows(table, [2, 0, 2])).toEqual(matrix(3, 2, Float32Array.of(5, 6, 1, 2, 5, 6)));
    const double = matrix(1, 1, Float64Array.of(0.1));
    const picked = selectRows(double, [0]);
    expect(picked).toEqual(double);
    expect(picked.data).not.toBe(double.data);
  });
});

describe('stackRows', () => {
  it('puts matrices one below the other, float64 only when all are', () => {
    const double = matrix(1, 2, Float64Array.of(7, 8));
    expect(stackRows([table, double])).toEqual(matrix(4, 2, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)));
    expect(stackRows([double, double]).data).toBeInstanceOf(Float64Array);
    expect(stackRows([])).toEqual(matrix(0, 0, new Float32Array(0)));
  });

  it('refuses different widths', () => {
    expect(() => stackRows([table, matrix(1, 1, new Float32Array(1))])).toThrow(/expected 2 columns, got 1/);
  });
});
