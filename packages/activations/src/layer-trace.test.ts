import { describe, expect, it } from 'vitest';
import { createLayerTrace } from './layer-trace.js';

describe('createLayerTrace', () => {
  it('grows by what is appended and leaves what it gave out alone', () => {
    const trace = createLayerTrace([4], 2);
    trace.append(new Map([[4, Float32Array.of(1, 2, 3, 4)]]));
    const first = trace.states().get(4)!;
    for (let step = 0; step < 100; step++) trace.append(new Map([[4, Float32Array.of(step, -step)]]));
    expect(first).toEqual({ rows: 2, cols: 2, data: Float32Array.of(1, 2, 3, 4) });
    const last = trace.states().get(4)!;
    expect(last.rows).toBe(102);
    expect([...last.data.subarray(0, 6), ...last.data.subarray(-2)]).toEqual([1, 2, 3, 4, 0, -0, 99, -99]);
  });
});
