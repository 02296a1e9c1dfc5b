import { describe, expect, it } from 'vitest';
import { adamwStep, gradientNorm } from './adamw.js';

const options = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };

describe('adamwStep', () => {
  it('moves by the learning rate against the sign of the first gradient', () => {
    const parameters = new Float32Array([1, 1]);
    const state = { m: new Float32Array(2), v: new Float32Array(2) };
    adamwStep(parameters, new Float32Array([0.3, -20]), state, [], 1, 0.01, 1, options);
    // With bias correction m̂/√v̂ is the gradient's sign at step 1; float32 keeps seven digits.
    expect(parameters[0]).toBeCloseTo(0.99, 6);
    expect(parameters[1]).toBeCloseTo(1.01, 6);
  });

  it('decays only the ranges it is told to', () => {
    const parameters = new Float32Array([2, 2]);
    const state = { m: new Float32Array(2), v: new Float32Array(2) };
    adamwStep(parameters, new Float32Array(2), state, [[0, 1]], 1, 0.5, 1, options);
    expect([...parameters]).toEqual([Math.fround(2 * 0.95), 2]);
  });

  it('follows a float64 reference over 200 steps of a quadratic', () => {
    const parameters = new Float32Array([3, -2]);
    const state = { m: new Float32Array(2), v: new Float32Array(2) };
    const reference = { p: [3, -2], m: [0, 0], v: [0, 0] };
    for (let step = 1; step <= 200; step++) {
      adamwStep(
        parameters,
        new Float32Array([parameters[0]! * 2, parameters[1]! * 8]),
        state,
        [[0, 2]],
        step,
        0.02,
        0.5,
        options,
      );
      [2, 8].forEach((curvature, i) => {
        const g = reference.p[i]! * curvature * 0.5;
        reference.p[i]! *= 1 - 0.02 * 0.1;
        reference.m[i] = 0.9 * reference.m[i]! + 0.1 * g;
        reference.v[i] = 0.99 * reference.v[i]! + 0.01 * g * g;
        const m = reference.m[i]! / (1 - 0.9 ** step);
        const v = reference.v[i]! / (1 - 0.99 ** step);
        reference.p[i]! -= (0.02 * m) / (Math.sqrt(v) + 1e-8);
      });
    }
    // Float32 moments drift by rounding over 200 steps.
    expect(Math.abs(parameters[0]! - reference.p[0]!)).toBeLessThan(1e-4);
    expect(Math.abs(parameters[1]! - reference.p[1]!)).toBeLessThan(1e-4);
  });
});

describe('gradientNorm', () => {
  it('is the Euclidean norm', () => {
    expect(gradientNorm(new Float32Array([3, 4]))).toBe(5);
  });
});
