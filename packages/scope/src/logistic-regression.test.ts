import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { fitLogistic, logisticLoss, type LogisticFit } from './logistic-regression.js';

/** Fits rows of features and gives back the direction besides. */
function fitRows(
  rows: readonly (readonly number[])[],
  labels: readonly (1 | -1)[],
  penalty: number,
): LogisticFit & { direction: number[]; weights: number[] } {
  const n = rows.length;
  const gram = new Float64Array(n * n);
  rows.forEach((a, i) => rows.forEach((b, j) => (gram[i * n + j] = dot(a, b))));
  const weights = rows.map(() => 1 / n);
  const fit = fitLogistic('test', { gram, labels, weights, penalty });
  const direction = rows[0]!.map((_, k) => rows.reduce((sum, row, i) => sum + fit.dual[i]! * row[k]!, 0));
  return { ...fit, direction, weights };
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, k) => sum + value * b[k]!, 0);

describe('fitLogistic', () => {
  it('solves the symmetric two-row problem: direction w with λ w = σ(−w)', () => {
    const { direction, offset } = fitRows([[1], [-1]], [1, -1], 0.1);
    const [w] = direction as [number];
    expect(offset).toBeCloseTo(0, 10);
    expect(0.1 * w).toBeCloseTo(1 / (1 + Math.exp(w)), 6);
  });

  it.each([1e-4, 1e-2, 1])('leaves no gradient at the minimum, penalty %d', (penalty) => {
    const random = createRandom('logistic');
    const labels = Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? 1 : -1) as 1 | -1);
    const rows = labels.map((label) => Array.from({ length: 5 }, () => random.normal() + 0.6 * label));
    const { direction, offset, weights } = fitRows(rows, labels, penalty);
    const pull = rows.map((row, i) => {
      const score = dot(direction, row) + offset;
      return (-labels[i]! * weights[i]!) / (1 + Math.exp(labels[i]! * score));
    });
    // Near separable data the objective is flat: the gradient is small against λ‖w‖ and the loss, not zero.
    direction.forEach((value, k) =>
      expect(pull.reduce((sum, each, i) => sum + each * rows[i]![k]!, penalty * value)).toBeCloseTo(0, 5),
    );
    expect(pull.reduce((sum, each) => sum + each, 0)).toBeCloseTo(0, 5);
  });

  it('separates what can be separated and survives a tiny penalty', () => {
    const rows = [[3], [2.5], [2], [-2], [-2.5], [-3]];
    const { direction, offset } = fitRows(rows, [1, 1, 1, -1, -1, -1], 1e-9);
    expect(rows.map((row) => dot(direction, row) + offset > 0)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(Number.isFinite(direction[0]!)).toBe(true);
  });

  it('puts the offset at the log-odds of the weights where rows say nothing', () => {
    const gram = new Float64Array(9);
    const { offset } = fitLogistic('test', {
      gram,
      labels: [1, 1, -1],
      weights: [0.4, 0.4, 0.2],
      penalty: 1,
    });
    expect(offset).toBeCloseTo(Math.log(0.8 / 0.2), 4);
  });
});

describe('logisticLoss', () => {
  it('is log 2 at the border and does not overflow', () => {
    expect(logisticLoss(0)).toBeCloseTo(Math.LN2, 15);
    expect(logisticLoss(-1000)).toBe(1000);
    expect(logisticLoss(1000)).toBe(0);
  });
});
