import { fromFloat16Bits } from '@sakejs/onnx';
import type { SafetensorsDtype } from '@sakejs/spec';

/** Element types that weights may have. */
export type WeightDtype = 'F64' | 'F32' | 'F16' | 'BF16';

const BYTES: Readonly<Record<WeightDtype, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

export function isWeightDtype(dtype: SafetensorsDtype): dtype is WeightDtype {
  return Object.hasOwn(BYTES, dtype);
}

/** Bytes of one value. */
export function bytesOf(dtype: WeightDtype): number {
  return BYTES[dtype];
}

let halves: Float32Array | undefined;

/** Values of little-endian bytes; half precision widened, which is exact. `bytes` start at their buffer's start. */
export function widenValues(bytes: Uint8Array<ArrayBuffer>, dtype: WeightDtype): Float32Array | Float64Array {
  const { buffer } = bytes;
  if (dtype === 'F64') return new Float64Array(buffer);
  if (dtype === 'F32') return new Float32Array(buffer);
  const bits = new Uint16Array(buffer);
  if (dtype === 'BF16') {
    const wide = new Uint32Array(bits.length);
    for (let i = 0; i < bits.length; i++) wide[i] = bits[i]! << 16;
    return new Float32Array(wide.buffer);
  }
  // A table of all 65,536: a lookup costs a tenth of taking the bits apart.
  halves ??= Float32Array.from({ length: 0x10000 }, (_, pattern) => fromFloat16Bits(pattern));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = halves[bits[i]!]!;
  return values;
}
