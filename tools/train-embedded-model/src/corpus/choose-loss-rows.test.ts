import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { chooseLossRows, type LossRows } from './choose-loss-rows.js';

/** Answers weigh 0.1, texts 0.01; positions 0 and 9 do not count. */
const batch = {
  lossWeights: Float32Array.of(0, 0.01, 0.1, 0.01, 0.01, 0.1, 0.01, 0.01, 0.01, 0),
  isAnswer: Uint8Array.of(0, 0, 1, 0, 0, 1, 0, 0, 0, 0),
};
const choose = (count: number, seed: number | string = 1): LossRows =>
  chooseLossRows(batch, { count, random: createRandom(seed) });

describe('chooseLossRows', () => {
  it('takes every answer at its weight and fills up with text, weighed by candidates / sampled', () => {
    const { rows, weights, answersLeftOut } = choose(5);
    const text = [...rows].filter((at) => batch.isAnswer[at] === 0);
    expect([...rows]).toEqual([...new Set(rows)].sort((a, b) => a - b));
    expect([...rows]).toEqual(expect.arrayContaining([2, 5]));
    expect(text).toHaveLength(3);
    for (const [i, at] of rows.entries())
      expect(weights[i]).toBeCloseTo(batch.isAnswer[at] ? 0.1 : 0.01 * (6 / 3), 7);
    expect(answersLeftOut).toBe(0);
  });

  it('gives every position its own weight on average', () => {
    const sums = new Float64Array(10);
    const draws = 20_000;
    for (let draw = 0; draw < draws; draw++) {
      const { rows, weights } = choose(4, draw);
      rows.forEach((at, i) => (sums[at]! += weights[i]! / draws));
    }
    // A text position is drawn with probability 1/3, so its mean is good to 0.01·√2/√20,000 = 1e-4.
    sums.forEach((mean, at) => expect(Math.abs(mean - batch.lossWeights[at]!)).toBeLessThan(5e-4));
  });

  it('samples answers when there are too many, and counts those left out', () => {
    const { rows, weights, answersLeftOut } = choose(1);
    expect([2, 5]).toContain(rows[0]);
    expect(weights[0]).toBeCloseTo(0.2, 6);
    expect(answersLeftOut).toBe(1);
  });

  it('fills up with positions of weight 0 and keeps all weights when all are chosen', () => {
    const { rows, weights } = choose(10);
    expect([...rows]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(weights).toEqual(batch.lossWeights);
    expect(choose(9).weights.filter((weight) => weight === 0)).toHaveLength(1);
  });

  it('is a pure function of the batch and the stream', () => {
    expect(choose(5, 'a')).toEqual(choose(5, 'a'));
    expect(choose(5, 'a').rows).not.toEqual(choose(5, 'b').rows);
  });

  it('refuses more rows than the batch has', () => {
    expect(() => choose(11)).toThrow(/from 1 to the batch's 10 positions, got 11/);
  });
});
