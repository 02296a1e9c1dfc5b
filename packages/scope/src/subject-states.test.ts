import { describe, expect, it } from 'vitest';
import { closestMention, coveringStates, fitSubjectStates } from './subject-states.js';

const points = (...values: readonly number[][]): Float32Array[] =>
  values.map((value) => Float32Array.from(value));

describe('coveringStates', () => {
  it('keeps the first and then always the farthest', () => {
    const { data, rows } = coveringStates(points([1, 0], [1.5, 0], [9, 0], [5, 0]), 3);
    expect(rows).toBe(3);
    expect([...data]).toEqual([1, 0, 9, 0, 5, 0]);
  });

  it('drops states that differ by float32 rounding only', () => {
    expect(coveringStates(points([100, 1], [100.0001, 1], [100, 1], [100, 3]), 32).rows).toBe(2);
  });

  it('keeps float32 states float32', () => {
    expect(coveringStates(points([1, 2]), 4).data).toBeInstanceOf(Float32Array);
  });
});

describe('fitSubjectStates', () => {
  const keyedStates = points([0, 0], [1, 0], [2, 0], [4, 0]).map((state, index) => ({
    key: `${index}`,
    state,
  }));
  const matrix = (...rows: number[][]) => ({
    rows: rows.length,
    cols: 2,
    data: Float32Array.from(rows.flat()),
  });

  it('sets the threshold between held-out subject states and other prompts', () => {
    const target = { kind: 'midpoint', positivePercentile: 0, negativePercentile: 100 } as const;
    const { states, calibration } = fitSubjectStates(
      'test',
      keyedStates,
      [matrix([0, 50], [0, 10]), matrix([0, 30])],
      {
        most: 32,
        target,
        folds: 4,
        seed: 0,
      },
    );
    // Held-out distances 1, 1, 1, 2; the nearest other position is 10 away.
    expect(calibration.threshold).toBe((2 + 10) / 2);
    expect(states.rows).toBe(4);
    expect(closestMention(states, matrix([7, 0], [4, 3]))).toBe(3);
  });

  it('holds out all states of a key at once', () => {
    const copies = [...keyedStates, ...keyedStates];
    const target = { kind: 'coverage', share: 1 } as const;
    const { calibration } = fitSubjectStates('test', copies, [matrix([0, 50])], {
      most: 32,
      target,
      folds: 4,
      seed: 0,
    });
    // The farthest state is 2 from the others; from its own copy it would be 0.
    expect(calibration.threshold).toBe(2);
  });
});
