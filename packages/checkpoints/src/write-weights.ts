import { encodeRows, rowMultiple } from '@sakejs/onnx';
import { throwIfAborted } from '@sakejs/spec';
import { fillPart, type DataFile } from './data-file.js';
import type { MatchedWeight } from './match-weights.js';
import type { Checkpoint } from './open-checkpoint.js';
import type { TensorPlaces } from './place-tensors.js';

/** Values that are read and encoded at once; in float32 32 MiB, of which a few copies live for a moment. */
const BLOCK_VALUES = 2 ** 23;

export interface WriteOptions {
  /** Values read at once, at least a row. */
  readonly blockValues?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after each block with the number of values written so far, and of all. */
  readonly onBlock?: (done: number, total: number, tensor: string) => void;
}

/**
 * Streams weights from a checkpoint into the places of their initializers, a block of rows at a time.
 *
 * @throws {SakeError} `aborted`, `invalid-input` for a value that the encoding cannot hold, and what reading throws.
 */
export async function writeWeights(
  checkpoint: Checkpoint,
  weights: readonly MatchedWeight[],
  { offsets }: TensorPlaces,
  data: DataFile | undefined,
  options: WriteOptions = {},
): Promise<void> {
  const { blockValues = BLOCK_VALUES, signal, onBlock } = options;
  const total = weights.reduce((sum, { planned }) => sum + valuesOf(planned.shape), 0);
  let done = 0;
  for (const { planned, tensor } of weights) {
    const rows = planned.shape[0]!;
    const rowLength = valuesOf(planned.shape.slice(1));
    const multiple = rowMultiple(planned);
    const step = Math.max(Math.floor(blockValues / rowLength / multiple), 1) * multiple;
    for (let from = 0; from < rows; from += step) {
      throwIfAborted(signal, 'convertCheckpoint');
      const to = Math.min(from + step, rows);
      const values = await checkpoint.readRows(tensor.name, from, to);
      for (const part of encodeRows(planned, from, values)) {
        const target = planned.tensors[part.tensor]!;
        const offset = offsets.get(target);
        if (offset === undefined) fillPart(target.rawData!, part);
        else await data!.write(part, offset);
      }
      done += (to - from) * rowLength;
      onBlock?.(done, total, tensor.name);
    }
  }
}

function valuesOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
