import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { combine, momentsOf, rowScatter, scatterOf } from './scatter.js';
import { rowMean } from './vector-rows.js';

const dim = 7;
const random = createRandom('scatter');
const rowsOf = (rows: number, shift: number): { rows: number; cols: number; data: Float64Array } => ({
  rows,
  cols: dim,
  data: Float64Array.from({ length: rows * dim }, () => shift + random.normal()),
});
const joined = (...parts: ReturnType<typeof rowsOf>[]): ReturnType<typeof rowsOf> => ({
  rows: parts.reduce((sum, { rows }) => sum + rows, 0),
  cols: dim,
  data: Float64Array.from(parts.flatMap(({ data }) => [...data])),
});

describe('scatterOf', () => {
  const [a, b] = [rowsOf(9, 3), rowsOf(14, -1)];
  const [c, d] = [rowsOf(5, 2), rowsOf(6, 0)];
  const vector = Float64Array.from({ length: dim }, () => random.normal());
  const expected = [joined(a, c), joined(b, d)];
  const centred = expected.flatMap((rows) => {
    const mean = rowMean(rows);
    return [...rows.data].map((value, at) => value - mean[at % dim]!);
  });
  const rows = rowScatter(Float64Array.from(centred), centred.length / dim, dim);

  it.each([
    ['at once', () => momentsOf(expected, dim)],
    ['from two parts', () => combine(momentsOf([a, b], dim), momentsOf([c, d], dim), 1)],
    [
      'from more, without what is too much',
      () => {
        const more = momentsOf([rowsOf(4, 1), rowsOf(3, 5)], dim);
        return combine(combine(momentsOf(expected, dim), more, 1), more, -1);
      },
    ],
  ])('is that of rows centred class by class: %s', (_, moments) => {
    const scatter = scatterOf(moments());
    expect(scatter.rows).toBe(rows.rows);
    expect(scatter.square).toBeCloseTo(rows.square, 8);
    const [got, wanted] = [new Float64Array(dim), new Float64Array(dim)];
    scatter.apply(vector, got);
    rows.apply(vector, wanted);
    got.forEach((value, j) => expect(value).toBeCloseTo(wanted[j]!, 8));
  });

  it('is nothing for equal rows, in spite of rounding', () => {
    const equal = {
      rows: 11,
      cols: dim,
      data: Float64Array.from({ length: 11 * dim }, (_, at) => 0.1 + (at % dim)),
    };
    expect(scatterOf(momentsOf([equal, equal], dim)).square).toBe(0);
  });
});
