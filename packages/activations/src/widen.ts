import { fromFloat16Bits } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import type { GraphTensor } from './graph-session.js';

/**
 * Values of a tensor of states as float32; a view where they are that already.
 *
 * @param name the tensor to name in errors.
 * @throws {SakeError} `unsupported` for a tensor of other than floats.
 */
export function float32(tensor: GraphTensor, name: string): Float32Array {
  if (tensor.data instanceof Float32Array) return tensor.data;
  if (tensor.type === 'float16') return Float32Array.from(tensor.data as Uint16Array, fromFloat16Bits);
  if (tensor.type === 'float64') return Float32Array.from(tensor.data as Float64Array);
  throw new SakeError(
    'unsupported',
    `openDecoder: expected floating states from ${name}, got ${tensor.type}`,
    {
      details: { tensor: name },
    },
  );
}
