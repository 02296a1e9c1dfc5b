import type { SafetensorsFile } from '@sakejs/spec';
import { fromBfloat16Bits, fromFloat16Bits } from '../tensors/float16.js';

/** A weight's shape and values, row-major. */
export interface DecoderWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** The floating-point tensors of a checkpoint, half precision widened; integer buffers are left out. */
export function weightsFromSafetensors(file: SafetensorsFile): Map<string, DecoderWeight> {
  const weights = new Map<string, DecoderWeight>();
  for (const [name, { dtype, shape, data }] of Object.entries(file.tensors)) {
    if (data instanceof Float32Array || data instanceof Float64Array) weights.set(name, { shape, data });
    else if (dtype === 'F16') weights.set(name, { shape, data: widen(data as Uint16Array, fromFloat16Bits) });
    else if (dtype === 'BF16')
      weights.set(name, { shape, data: widen(data as Uint16Array, fromBfloat16Bits) });
  }
  return weights;
}

function widen(bits: Uint16Array, value: (bits: number) => number): Float32Array {
  return Float32Array.from(bits, value);
}
