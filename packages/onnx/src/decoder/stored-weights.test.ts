import { readSafetensors, writeSafetensors } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { weightsFromSafetensors } from './stored-weights.js';

describe('weightsFromSafetensors', () => {
  it('widens half precision and leaves integer buffers out', () => {
    const bytes = writeSafetensors({
      tensors: {
        single: { dtype: 'F32', shape: [2], data: Float32Array.of(1, -2) },
        double: { dtype: 'F64', shape: [1], data: Float64Array.of(0.1) },
        half: { dtype: 'F16', shape: [2], data: Uint16Array.of(0x3c00, 0xc000) },
        brain: { dtype: 'BF16', shape: [1, 1], data: Uint16Array.of(0x3fc0) },
        mask: { dtype: 'BOOL', shape: [1], data: Uint8Array.of(1) },
        bits: { dtype: 'U16', shape: [1], data: Uint16Array.of(1) },
      },
    });
    expect(Object.fromEntries(weightsFromSafetensors(readSafetensors(bytes)))).toEqual({
      single: { shape: [2], data: Float32Array.of(1, -2) },
      double: { shape: [1], data: Float64Array.of(0.1) },
      half: { shape: [2], data: Float32Array.of(1, -2) },
      brain: { shape: [1, 1], data: Float32Array.of(1.5) },
    });
  });
});
