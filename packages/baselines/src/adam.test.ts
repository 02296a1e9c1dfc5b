import { describe, expect, it } from 'vitest';
import { createAdam } from './adam.js';

describe('createAdam', () => {
  it('moves by the learning rate against the sign of the first gradient', () => {
    const x = Float64Array.of(1, -1, 0.5);
    createAdam(3, 0.1).step(x, [7, -0.02, 0]);
    expect(x[0]).toBeCloseTo(0.9, 8);
    expect(x[1]).toBeCloseTo(-0.9, 6);
    expect(x[2]).toBe(0.5);
  });

  it('averages gradients with bias correction: two steps by hand', () => {
    const x = Float64Array.of(0);
    const adam = createAdam(1, 1);
    adam.step(x, [1]);
    adam.step(x, [3]);
    const first = (0.9 * 0.1 + 0.1 * 3) / (1 - 0.9 ** 2);
    const second = (0.999 * 0.001 + 0.001 * 9) / (1 - 0.999 ** 2);
    expect(x[0]).toBeCloseTo(-1 - first / Math.sqrt(second), 6);
  });

  it('finds the minimum of a quadratic', () => {
    const x = Float64Array.of(3, -4);
    const adam = createAdam(2, 0.1);
    for (let step = 0; step < 1000; step++) adam.step(x, [2 * (x[0]! - 1), 20 * (x[1]! - 2)]);
    expect(x[0]).toBeCloseTo(1, 2);
    expect(x[1]).toBeCloseTo(2, 2);
  });
});
