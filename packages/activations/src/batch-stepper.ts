import type { Matrix, StreamAddition } from '@sakejs/spec';
import type { Decoder, KeyValueCache } from './decoder.js';
import { keepRows } from './key-value-cache.js';
import { createLayerTrace } from './layer-trace.js';

/** A growing sequence of a batch and the layers that are watched in it. */
export interface SteppedRow {
  /** Prompt and generated tokens so far; grows by one between passes. */
  readonly tokens: readonly number[];
  readonly layers: readonly number[];
  /** What is added to the prompt's residual streams. Default nothing. */
  readonly additions?: readonly StreamAddition[];
}

/** What a pass shows of one row. */
export interface RowState {
  /** Input of the LM head at the last token, [d]. */
  readonly activation: Float32Array;
  /** The watched layers at every position so far. */
  readonly layers: ReadonlyMap<number, Matrix<Float32Array>>;
}

/**
 * Runs rows side by side, from their caches where the model has one.
 *
 * A pass takes the rows that are still going, which may become fewer and never more. Behind a cache rows are padded
 * on the left, so that all of them end in the same column; without one every pass reads whole sequences, padded on
 * the right.
 */
export function createBatchStepper<Row extends SteppedRow>(
  decoder: Decoder,
  d: number,
): (rows: readonly Row[]) => Promise<RowState[]> {
  let held: readonly Row[] = [];
  let cache: KeyValueCache | undefined;
  const traces = new Map<Row, ReturnType<typeof createLayerTrace>>();
  const traceOf = (row: Row): ReturnType<typeof createLayerTrace> => {
    const known = traces.get(row);
    if (known) return known;
    const made = createLayerTrace(row.layers, d);
    if (decoder.cached) traces.set(row, made);
    return made;
  };

  return async (rows) => {
    if (cache && rows.length < held.length)
      cache = keepRows(
        cache,
        rows.map((row) => held.indexOf(row)),
      );
    held = rows;
    const past = cache;
    const fresh = rows.map(({ tokens }, index) =>
      past ? tokens.slice(past.length - past.padding[index]!) : tokens,
    );
    const states = await decoder.forward(fresh, {
      layers: [...new Set(rows.flatMap(({ layers }) => layers))],
      keepCache: decoder.cached,
      padding: decoder.cached ? 'left' : 'right',
      ...(cache && { cache }),
      ...(rows.some(({ additions }) => additions !== undefined) && {
        additions: rows.map(({ additions = [] }) => additions),
      }),
    });
    cache = states.cache;
    return rows.map((row, index) => {
      const { length } = fresh[index]!;
      const start = index * states.width + (decoder.cached ? states.width - length : 0);
      const own = (values: Float32Array, from: number): Float32Array =>
        values.subarray(from * d, (start + length) * d);
      const trace = traceOf(row);
      trace.append(new Map(row.layers.map((layer) => [layer, own(states.layers.get(layer)!, start)])));
      return { activation: own(states.hidden, start + length - 1).slice(), layers: trace.states() };
    });
  };
}
