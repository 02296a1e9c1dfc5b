import { SakeError } from '@sakejs/spec';
import type { CacheAxes, KeyValueCache } from './decoder.js';
import type { GraphTensor } from './graph-session.js';

/**
 * The cache of some of its rows, copied, without the columns that are padding in all of them.
 *
 * So a batch is never wider than its longest row, and never outgrows the model's positions.
 *
 * @throws {SakeError} `unsupported` for tensors other than [.., rows, heads, positions, size] whose `axes` do not say
 * where rows and then positions are, and for those that do not have as many of either as the cache.
 */
export function keepRows(cache: KeyValueCache, rows: readonly number[]): KeyValueCache {
  const padding = rows.map((row) => cache.padding[row]!);
  const cut = Math.min(...padding);
  return {
    ...cache,
    length: cache.length - cut,
    padding: padding.map((columns) => columns - cut),
    tensors: Object.fromEntries(
      Object.entries(cache.tensors).map(([name, tensor]) => [name, select(tensor, name, rows, cut, cache)]),
    ),
  };
}

/** Rows of [outer, rows · heads, inner, positions, size], from position `cut` on. */
function select(
  tensor: GraphTensor,
  name: string,
  rows: readonly number[],
  cut: number,
  cache: KeyValueCache,
): GraphTensor {
  const { dims } = tensor;
  const { length, padding } = cache;
  const held = padding.length;
  const axes: CacheAxes = cache.axes?.[name] ?? { rows: dims.length - 4, positions: dims.length - 2 };
  const heads = dims[axes.rows]! / held;
  if (
    axes.rows < 0 ||
    axes.positions <= axes.rows ||
    !Number.isInteger(heads) ||
    dims[axes.positions] !== length
  )
    throw new SakeError(
      'unsupported',
      `keepRows: expected a cache of ${held} rows and, behind them, ${length} positions, got ${name}: [${dims.join(', ')}] ` +
        `with rows on axis ${axes.rows} and positions on axis ${axes.positions}`,
      { details: { tensor: name, dims } },
    );
  const count = (from: number, to?: number): number =>
    dims.slice(from, to).reduce((product, dim) => product * dim, 1);
  const outer = count(0, axes.rows);
  // What lies within a row: blocks of positions, each of which has `size` values.
  const blocks = heads * count(axes.rows + 1, axes.positions);
  const size = count(axes.positions + 1);
  // Values are only moved, so any element type will do; a slice has the right one.
  const source = tensor.data as Float32Array;
  const kept = length - cut;
  const data = source.slice(0, outer * rows.length * blocks * kept * size);
  let at = 0;
  for (let step = 0; step < outer; step++)
    for (const row of rows)
      for (let block = 0; block < blocks; block++) {
        const from = (((step * held + row) * blocks + block) * length + cut) * size;
        data.set(source.subarray(from, from + kept * size), at);
        at += kept * size;
      }
  return {
    type: tensor.type,
    dims: dims.map((dim, axis) =>
      axis === axes.rows ? rows.length * heads : axis === axes.positions ? kept : dim,
    ),
    data,
  };
}
