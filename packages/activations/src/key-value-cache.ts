import { SakeError } from '@sakejs/spec';
import type { KeyValueCache } from './decoder.js';
import type { GraphTensor } from './graph-session.js';

/**
 * The cache of some of its rows, copied, without the columns that are padding in all of them.
 *
 * So a batch is never wider than its longest row, and never outgrows the model's positions.
 *
 * @throws {SakeError} `unsupported` for tensors other than [.., rows, heads, length, size].
 */
export function keepRows(cache: KeyValueCache, rows: readonly number[]): KeyValueCache {
  const padding = rows.map((row) => cache.padding[row]!);
  const cut = Math.min(...padding);
  return {
    length: cache.length - cut,
    padding: padding.map((columns) => columns - cut),
    tensors: Object.fromEntries(
      Object.entries(cache.tensors).map(([name, tensor]) => [name, select(tensor, name, rows, cut, cache)]),
    ),
  };
}

/** Rows of [outer, rows, heads, length, size], from column `cut` on. */
function select(
  tensor: GraphTensor,
  name: string,
  rows: readonly number[],
  cut: number,
  { length, padding }: KeyValueCache,
): GraphTensor {
  const { dims } = tensor;
  const [held, heads, columns, size] = dims.slice(-4) as [number, number, number, number];
  if (dims.length < 4 || held !== padding.length || columns !== length)
    throw new SakeError(
      'unsupported',
      `keepRows: expected a cache [${padding.length} rows, heads, ${length} positions, size], got ${name}: [${dims.join(', ')}]`,
      { details: { tensor: name, dims } },
    );
  // Values are only moved, so any element type will do; a slice has the right one.
  const source = tensor.data as Float32Array;
  const kept = length - cut;
  const outer = dims.slice(0, -4).reduce((product, dim) => product * dim, 1);
  const data = source.slice(0, outer * rows.length * heads * kept * size);
  let at = 0;
  for (let block = 0; block < outer; block++)
    for (const row of rows)
      for (let head = 0; head < heads; head++) {
        const from = (((block * held + row) * heads + head) * columns + cut) * size;
        data.set(source.subarray(from, from + kept * size), at);
        at += kept * size;
      }
  return {
    type: tensor.type,
    dims: [...dims.slice(0, -4), rows.length, heads, kept, size],
    data,
  };
}
