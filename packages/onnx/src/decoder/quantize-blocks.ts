import { SakeError } from '@sakejs/spec';
import { BLOCK_SIZE } from './planned-weight.js';

/** Codes [rows, blocks, 4 · bits bytes] and scales [rows, blocks] of a matrix. */
export interface QuantizedRows {
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
}

/**
 * Quantizes rows of length `columns` in blocks of 32: value ≈ (code - 2^(bits - 1)) · scale.
 *
 * The value furthest from 0 gets code 0, so the scale may be negative and no code is wasted. The last block of a row is
 * padded with zeros. Two codes of 4 bits share a byte, the first in its low half. That is the layout of ONNX Runtime's
 * MatMulNBits without zero points.
 * @throws {SakeError} `invalid-input` for values that are not finite, naming `name`.
 */
export function quantizeBlocks(
  data: Float32Array | Float64Array,
  columns: number,
  bits: 4 | 8,
  name: string,
): QuantizedRows {
  const rows = data.length / columns;
  const blocks = Math.ceil(columns / BLOCK_SIZE);
  const bytes = (BLOCK_SIZE * bits) / 8;
  const middle = 2 ** (bits - 1);
  const codes = new Uint8Array(rows * blocks * bytes);
  const scales = new Float32Array(rows * blocks);
  const block = new Uint8Array(BLOCK_SIZE);
  for (let row = 0; row < rows; row++)
    for (let b = 0; b < blocks; b++) {
      const start = row * columns + b * BLOCK_SIZE;
      const count = Math.min(BLOCK_SIZE, columns - b * BLOCK_SIZE);
      // A block of zeros would have the scale -0.
      const scale = Math.fround(furthest(data, start, count, name) / -middle) || 0;
      block.fill(middle);
      if (scale !== 0)
        for (let i = 0; i < count; i++)
          block[i] = Math.min(Math.max(Math.round(data[start + i]! / scale) + middle, 0), 2 * middle - 1);
      const at = row * blocks + b;
      scales[at] = scale;
      if (bits === 8) codes.set(block, at * bytes);
      else for (let i = 0; i < bytes; i++) codes[at * bytes + i] = block[2 * i]! | (block[2 * i + 1]! << 4);
    }
  return { codes, scales };
}

/** The value of a block that is furthest from 0. */
function furthest(data: Float32Array | Float64Array, start: number, count: number, name: string): number {
  let extreme = 0;
  for (let i = start; i < start + count; i++) {
    const value = data[i]!;
    if (Math.abs(value) > Math.abs(extreme)) extreme = value;
    // NaN is not above anything.
    else if (value !== value) extreme = NaN;
  }
  if (!Number.isFinite(Math.fround(extreme)))
    throw new SakeError(
      'invalid-input',
      `quantizeBlocks: expected finite values in "${name}", got ${extreme}`,
      {
        details: { name },
      },
    );
  return extreme;
}
