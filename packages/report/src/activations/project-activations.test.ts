import { createRandom, fromRows, matrix, type Matrix } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { projectActivations } from './project-activations.js';

const rows = (...values: number[][]): Matrix => fromRows(values.map((row) => Float64Array.from(row)));

function gaussian(count: number, width: number, seed: number, shift = 0): Matrix {
  const random = createRandom(seed);
  return matrix(
    count,
    width,
    Float64Array.from({ length: count * width }, () => random.normal() + shift),
  );
}

describe('projectActivations', () => {
  it('lays hand-made rows onto their own axes', () => {
    // About (0, 0): variance 4 along x, 1 along y.
    const { points, explainedVariance } = projectActivations(
      { source: rows([-2, 1], [-2, -1]), target: rows([2, 1], [2, -1]), mapped: rows([1, 0.5]) },
      ['a', 'b', 'c', 'd', 'e'],
    );
    expect(explainedVariance[0]).toBeCloseTo(0.8, 12);
    expect(explainedVariance[1]).toBeCloseTo(0.2, 12);
    expect(points.map(({ x }) => x)).toEqual([-2, -2, 2, 2, 1].map((x) => expect.closeTo(x, 12)));
    expect(points.map(({ y }) => y)).toEqual([1, -1, 1, -1, 0.5].map((y) => expect.closeTo(y, 12)));
    expect(points.map(({ group, label }) => `${group} ${label}`)).toEqual([
      'source a',
      'source b',
      'target c',
      'target d',
      'mapped e',
    ]);
  });

  it.each([
    [30, 5],
    [6, 40],
  ])('is centred, ordered and points from source to target for %i rows of width %i', (count, width) => {
    const sets = {
      source: gaussian(count, width, 1),
      target: gaussian(count, width, 2, 1),
      mapped: gaussian(3, width, 3),
    };
    const { points, explainedVariance } = projectActivations(sets);
    const mean = (group: string[], axis: 'x' | 'y'): number => {
      const values = points.filter((point) => group.includes(point.group)).map((point) => point[axis]);
      return values.reduce((a, b) => a + b, 0) / values.length;
    };
    expect(mean(['source', 'target'], 'x')).toBeCloseTo(0, 9);
    expect(mean(['source', 'target'], 'y')).toBeCloseTo(0, 9);
    expect(mean(['target'], 'x')).toBeGreaterThan(mean(['source'], 'x'));
    expect(explainedVariance[0]).toBeGreaterThanOrEqual(explainedVariance[1]);
    expect(explainedVariance[0] + explainedVariance[1]).toBeLessThanOrEqual(1 + 1e-12);
  });

  it('keeps the plane whatever the mapped rows are', () => {
    const sets = { source: gaussian(8, 4, 1), target: gaussian(8, 4, 2, 2), mapped: gaussian(2, 4, 3) };
    const far = projectActivations({ ...sets, mapped: gaussian(2, 4, 4, 100) });
    expect(far.points.slice(0, 16)).toEqual(projectActivations(sets).points.slice(0, 16));
  });

  it('gives a second axis of zero where rows lie on a line', () => {
    const { points, explainedVariance } = projectActivations({
      source: rows([0, 0, 0]),
      target: rows([1, 1, 1]),
      mapped: rows([1, 1, 1]),
    });
    expect(explainedVariance).toEqual([expect.closeTo(1, 12), 0]);
    expect(points.map(({ y }) => y)).toEqual([0, 0, 0]);
  });

  it('does not touch its input', () => {
    const source = gaussian(4, 3, 1);
    const before = source.data.slice();
    projectActivations({ source, target: gaussian(4, 3, 2), mapped: source });
    expect(source.data).toEqual(before);
  });

  it('refuses widths that differ, empty sets, copies and values that are not finite', () => {
    const ok = rows([1, 2]);
    expect(() => projectActivations({ source: ok, target: rows([1]), mapped: ok })).toThrow(
      /one width, got 2, 1, 2/,
    );
    expect(() =>
      projectActivations({ source: ok, target: matrix(0, 2, new Float64Array()), mapped: ok }),
    ).toThrow(/got 1 and 0/);
    expect(() => projectActivations({ source: ok, target: ok, mapped: ok })).toThrow(/copies of one/);
    expect(() => projectActivations({ source: ok, target: ok, mapped: rows([NaN, 1]) })).toThrow(
      /finite mapped values, got NaN at 0/,
    );
  });
});
