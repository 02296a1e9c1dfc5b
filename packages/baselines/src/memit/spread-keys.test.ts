import { createRandom, fromRows, row } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import type { KeyMoments } from '../rome/key-moments.js';
import { createKeySolver } from '../rome/key-solver.js';
import { spreadKeys } from './spread-keys.js';

const SIZE = 9;
const random = createRandom('spread keys');
const normal = (rows: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: SIZE }, () => random.normal()));

function momentsOf(rows: readonly number[][]): KeyMoments {
  const moment = new Float64Array(SIZE * SIZE);
  for (const key of rows)
    for (let i = 0; i < SIZE; i++)
      for (let j = 0; j < SIZE; j++) moment[i * SIZE + j]! += (key[i]! * key[j]!) / rows.length;
  return { layer: 0, size: SIZE, count: rows.length, moment };
}

describe('spreadKeys', () => {
  const moments = momentsOf(normal(60));
  const solver = createKeySolver(moments);

  it('solves (λ C + K Kᵀ) A = K, for fewer and for more keys than a key is wide', () => {
    for (const [count, weight] of [
      [1, 3],
      [4, 0.5],
      [15, 20],
    ] as const) {
      const keys = fromRows(normal(count));
      const spread = spreadKeys(solver, keys, weight);
      spread.forEach((direction, n) => {
        for (let i = 0; i < SIZE; i++) {
          let product = 0;
          for (let j = 0; j < SIZE; j++) {
            let entry = weight * moments.moment[i * SIZE + j]!;
            for (let m = 0; m < count; m++) entry += row(keys, m)[i]! * row(keys, m)[j]!;
            product += entry * direction[j]!;
          }
          expect(Math.abs(product - row(keys, n)[i]!)).toBeLessThan(1e-8);
        }
      });
    }
  });

  it('is C⁻¹ k / (λ + kᵀ C⁻¹ k) for one key', () => {
    const keys = fromRows(normal(1));
    const solved = solver.solve(row(keys, 0));
    const seen = solved.reduce((sum, x, i) => sum + x * row(keys, 0)[i]!, 0);
    const [direction] = spreadKeys(solver, keys, 7);
    direction!.forEach((x, i) => expect(x).toBeCloseTo(solved[i]! / (7 + seen), 12));
  });

  it('refuses keys of another width and keys that are not finite', async () => {
    await expectCode(() => spreadKeys(solver, fromRows([[1, 2]]), 1), 'shape-mismatch');
    await expectCode(
      () => spreadKeys(solver, fromRows([Array.from({ length: SIZE }, () => Number.NaN)]), 1),
      'numerical',
    );
  });
});
