import { describe, expect, it } from 'vitest';
import { rotaryTables } from './rotary.js';

describe('rotaryTables', () => {
  it('turns each pair of columns by its own frequency', () => {
    const { cos, sin } = rotaryTables({ headDim: 4, ropeTheta: 4 }, [0, 3]);
    expect([...cos]).toEqual([1, 1, 1, 1, ...[3, 1.5, 3, 1.5].map(Math.cos)]);
    expect(sin.subarray(4)).toEqual(Float64Array.from([3, 1.5, 3, 1.5].map(Math.sin)));
  });
});
