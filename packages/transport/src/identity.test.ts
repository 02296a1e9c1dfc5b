import { fromRows } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { identity } from './identity.js';

describe('identity', () => {
  it('leaves activations bitwise as they are, however source and target differ', () => {
    const map = identity().fit({ source: fromRows([[1, 2]]), target: fromRows([[30, 40], [5, 6]]) }); // prettier-ignore
    expect([...map.apply(Float32Array.of(0.1, -0))]).toEqual([Math.fround(0.1), -0]);
  });
});
