import { makeTensor } from '../tensors/make-tensor.js';
import { BLOCK_SIZE, type PlannedWeight } from './planned-weight.js';
import { quantizeBlocks } from './quantize-blocks.js';

/** Bytes of one tensor: segments of `width` bytes, one every `stride` bytes from `offset` on. */
export interface EncodedPart {
  /** Index into the weight's `tensors`. */
  readonly tensor: number;
  readonly offset: number;
  readonly width: number;
  readonly stride: number;
  /** All segments, one after the other. */
  readonly bytes: Uint8Array;
}

/** Rows of a weight that can be encoded apart come in multiples of this; the last ones may be fewer. */
export function rowMultiple({ encoding }: PlannedWeight): number {
  return encoding.kind === 'blocks' && encoding.transposed ? BLOCK_SIZE : 1;
}

/**
 * Encodes some rows of a weight (of the leading axis, as in the checkpoint) into what its tensors hold of them.
 *
 * `data` has whole rows from `firstRow` on, a multiple of {@link rowMultiple}. All rows at once give whole tensors.
 * @throws {SakeError} `invalid-input` for a value that the encoding cannot hold.
 */
export function encodeRows(
  weight: PlannedWeight,
  firstRow: number,
  data: Float32Array | Float64Array,
): EncodedPart[] {
  const { name, shape, encoding } = weight;
  const rowCount = shape[0] ?? 1;
  const rowLength = shape.slice(1).reduce((product, size) => product * size, 1);
  const rows = data.length / rowLength;
  const turned = encoding.transposed ? transpose(data, rows, rowLength) : data;
  /** Bytes that start `before` bytes into the tensor; transposed, each of its rows has `total` bytes. */
  const part = (tensor: number, bytes: Uint8Array, before: number, total: number): EncodedPart => {
    const segments = encoding.transposed ? rowLength : 1;
    const width = bytes.byteLength / segments;
    return { tensor, offset: before, width, stride: encoding.transposed ? total : width, bytes };
  };
  if (encoding.kind === 'dense') {
    const where = rows === rowCount ? name : `${name}, rows ${firstRow} to ${firstRow + rows - 1}`;
    const bytes = makeTensor(where, [turned.length], turned, encoding.dataType).rawData!;
    const size = bytes.byteLength / data.length;
    const rowBytes = encoding.transposed ? size : size * rowLength;
    return [part(0, bytes, firstRow * rowBytes, rowCount * rowBytes)];
  }
  const { codes, scales } = quantizeBlocks(
    turned,
    encoding.transposed ? rows : rowLength,
    encoding.bits,
    name,
  );
  const scaleBytes = new Uint8Array(scales.buffer, scales.byteOffset, scales.byteLength);
  const blockBytes = (BLOCK_SIZE * encoding.bits) / 8;
  // Blocks before these rows, and blocks in all, on the axis that the rows lie on.
  const blocksPerRow = Math.ceil(rowLength / BLOCK_SIZE);
  const before = encoding.transposed ? firstRow / BLOCK_SIZE : firstRow * blocksPerRow;
  const total = Math.ceil(rowCount / BLOCK_SIZE);
  return [
    part(0, codes, before * blockBytes, total * blockBytes),
    part(1, scaleBytes, before * scales.BYTES_PER_ELEMENT, total * scales.BYTES_PER_ELEMENT),
  ];
}

const TILE = 32;

/** In tiles, so that neither side jumps over memory for long. */
function transpose(
  data: Float32Array | Float64Array,
  rows: number,
  columns: number,
): Float32Array | Float64Array {
  const turned = data instanceof Float32Array ? new Float32Array(data.length) : new Float64Array(data.length);
  for (let top = 0; top < rows; top += TILE)
    for (let left = 0; left < columns; left += TILE)
      for (let r = top; r < Math.min(top + TILE, rows); r++)
        for (let c = left; c < Math.min(left + TILE, columns); c++)
          turned[c * rows + r] = data[r * columns + c]!;
  return turned;
}
