import { describe, expect, it } from 'vitest';
import { divergence } from './divergence.js';

describe('divergence', () => {
  it('is 0 between equal logits', () => {
    expect(divergence(Float32Array.of(1, 2, 3), Float32Array.of(1, 2, 3))).toEqual({ kl: 0, sameTop: true });
  });

  it('does not see a constant added to all logits', () => {
    expect(divergence(Float32Array.of(1, 2, 3), Float32Array.of(5, 6, 7)).kl).toBeCloseTo(0, 6);
  });

  it('is Σ p log(p / q), in nats', () => {
    const logits = (...p: number[]): Float32Array => Float32Array.from(p.map(Math.log));
    const { kl, sameTop } = divergence(logits(0.5, 0.5), logits(0.25, 0.75));
    expect(kl).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 6);
    expect(sameTop).toBe(false);
  });
});
