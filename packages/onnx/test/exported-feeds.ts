import { DataType, type OnnxModel } from '../src/index.js';
import { int64s, type RefTensor } from '../src/reference/index.js';
import { refTensor } from '../src/reference/ref-tensor.js';

/** Sizes of the ids that {@link exportedFeeds} gives. */
export const BATCH = 2;
export const LENGTH = 4;

/** Their mask, row by row: the second row is padded on the left. */
export const EXPORTED_MASK: readonly number[] = [1, 1, 1, 1, 0, 0, 1, 1];

/** Feeds of a decoder as exporters write them, without a past. */
export function exportedFeeds(model: OnnxModel): Record<string, RefTensor> {
  const ids = [5, 17, 3, 99, 0, 0, 44, 7];
  const positions = [0, 1, 2, 3, 0, 0, 0, 1];
  return Object.fromEntries(
    model.graph.inputs.map(({ name, type }): [string, RefTensor] => {
      if (name === 'input_ids') return [name, int64s([BATCH, LENGTH], ids)];
      if (name === 'attention_mask') return [name, int64s([BATCH, LENGTH], EXPORTED_MASK)];
      if (name === 'position_ids') return [name, int64s([BATCH, LENGTH], positions)];
      const dims = type!.tensor!.shape!.map(
        ({ value, param }) => value ?? (param?.startsWith('batch') ? BATCH : 0),
      );
      return [name, refTensor(DataType.FLOAT, dims, [])];
    }),
  );
}
