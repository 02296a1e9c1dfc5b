import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { mongeOperator } from './monge-operator.js';

describe('mongeOperator', () => {
  it.each([
    // A = [[2, 1], [1, 2]]; with S = I, T = A² = [[5, 4], [4, 5]].
    ['the root of T where S is the identity', [1, 0, 0, 1], [5, 4, 4, 5]],
    // T = A S A worked out by hand: A S = [[2, 4], [1, 8]]. S and T do not commute.
    ['the map between covariances that do not commute', [1, 0, 0, 4], [8, 10, 10, 17]],
  ])('is %s', (_, s, t) => {
    const a = mongeOperator('test', Float64Array.from(s), Float64Array.from(t), 2);
    [2, 1, 1, 2].forEach((value, at) => expect(a[at]).toBeCloseTo(value, 13));
  });

  it('refuses what is not positive definite', async () => {
    const identity = Float64Array.of(1, 0, 0, 1);
    for (const bad of [
      [1, 1, 1, 1],
      [1, 2, 2, 1],
      [0, 0, 0, 1],
    ]) {
      await expectCode(() => mongeOperator('test', Float64Array.from(bad), identity, 2), 'numerical');
      await expectCode(() => mongeOperator('test', identity, Float64Array.from(bad), 2), 'numerical');
    }
  });
});
