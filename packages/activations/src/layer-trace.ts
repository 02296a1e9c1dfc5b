import { matrix, type Matrix } from '@sakejs/spec';

/** Residual streams of a growing sequence. */
export interface LayerTrace {
  /** Adds the states of the next positions, [positions, d] a layer. */
  append(states: ReadonlyMap<number, Float32Array>): void;
  /** States of all positions so far; what was given out before stays as it was. */
  states(): ReadonlyMap<number, Matrix<Float32Array>>;
}

/** Collects states position by position in buffers that double when full. */
export function createLayerTrace(layers: readonly number[], width: number): LayerTrace {
  const buffers = new Map(layers.map((layer) => [layer, { data: new Float32Array(64 * width), used: 0 }]));
  return {
    append(states) {
      for (const [layer, buffer] of buffers) {
        const added = states.get(layer)!;
        const needed = buffer.used + added.length;
        if (needed > buffer.data.length) {
          const grown = new Float32Array(Math.max(needed, 2 * buffer.data.length));
          grown.set(buffer.data.subarray(0, buffer.used));
          buffer.data = grown;
        }
        buffer.data.set(added, buffer.used);
        buffer.used = needed;
      }
    },
    states: () =>
      new Map(
        [...buffers].map(([layer, { data, used }]) => [
          layer,
          matrix(used / width, width, data.subarray(0, used)),
        ]),
      ),
  };
}
