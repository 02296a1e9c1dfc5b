import { createRandom } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { rankOneUpdate } from './rank-one-update.js';

const random = createRandom('rank one');
const vector = (length: number, scale = 1): Float64Array =>
  Float64Array.from({ length }, () => scale * random.normal());
/** u (v k) */
const applied = ({ u, v }: ReturnType<typeof rankOneUpdate>, key: ArrayLike<number>): Float64Array => {
  const along = v.data.reduce((sum, x, i) => sum + x * key[i]!, 0);
  return Float64Array.from(u.data, (x) => x * along);
};

describe('rankOneUpdate', () => {
  it('is computed by hand for two numbers', () => {
    const { u, v } = rankOneUpdate({ direction: [3, 4], key: [1, 2], residual: [11, -22] });
    expect([u.rows, u.cols, v.rows, v.cols]).toEqual([2, 1, 1, 2]);
    expect([...v.data]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
    expect(u.data[0]).toBeCloseTo(5, 6);
    expect(u.data[1]).toBeCloseTo(-10, 6);
  });

  it.each([
    [8, 32, 1],
    [64, 256, 1],
    [64, 256, 1e-4],
    [64, 256, 1e5],
  ])('gives the key its new value: d = %i, d_ff = %i, keys of size %d', (d, size, scale) => {
    const [direction, key, residual] = [vector(size, scale ** -2), vector(size, scale), vector(d)];
    const found = applied(rankOneUpdate({ direction, key, residual }), key);
    const norm = Math.hypot(...residual);
    found.forEach((value, i) => expect(Math.abs(value - residual[i]!) / norm).toBeLessThan(1e-6));
  });

  it('leaves keys orthogonal to the direction as they are', () => {
    const [direction, key, residual] = [vector(16), vector(16), vector(4)];
    const other = vector(16);
    const shift = dot(other, direction) / dot(direction, direction);
    const orthogonal = other.map((x, i) => x - shift * direction[i]!);
    const size = Math.hypot(...applied(rankOneUpdate({ direction, key, residual }), key));
    applied(rankOneUpdate({ direction, key, residual }), orthogonal).forEach((value) =>
      expect(Math.abs(value) / size).toBeLessThan(1e-5),
    );
  });

  it('refuses a direction that does not see the key', async () => {
    await expectCode(() => rankOneUpdate({ direction: [1, 0], key: [0, 1], residual: [1] }), 'numerical');
    await expectCode(() => rankOneUpdate({ direction: [0, 0], key: [0, 1], residual: [1] }), 'numerical');
    await expectCode(() => rankOneUpdate({ direction: [1], key: [0, 1], residual: [1] }), 'shape-mismatch');
  });
});

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}
