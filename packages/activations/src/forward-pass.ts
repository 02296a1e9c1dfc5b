import type { PassChange } from './change-feeds.js';
import { widthOf } from './decoder-feeds.js';
import type { ForwardOptions, ForwardStates } from './decoder.js';
import { runBody, type RunningBody } from './run-body.js';

/** The body of the first pass, and the one that goes on from a cache. */
export interface Bodies {
  readonly first: RunningBody;
  readonly next: RunningBody;
}

/** Columns at the start of each row that hold no token. */
export function leadingOf(
  rows: readonly (readonly number[])[],
  { cache, padding = 'right' }: Pick<ForwardOptions, 'cache' | 'padding'>,
): readonly number[] {
  const width = widthOf(rows);
  return cache?.padding ?? rows.map((tokens) => (padding === 'left' ? width - tokens.length : 0));
}

/**
 * Runs a batch through bodies.
 *
 * @param cached whether decoding can go on from a cache.
 */
export async function forwardThrough(
  { first, next }: Bodies,
  rows: readonly (readonly number[])[],
  options: ForwardOptions,
  cached: boolean,
  change?: PassChange,
): Promise<ForwardStates> {
  const { layers, cache, keepCache = false, keys = [] } = options;
  const past = cache?.length ?? 0;
  const leading = leadingOf(rows, options);
  const keep = keepCache && cached;
  const states = await runBody(cache ? next : first, {
    ...{ rows, past, leading, layers, keys, keep },
    tensors: cache?.tensors,
    ...(change && { change }),
  });
  return {
    width: widthOf(rows),
    hidden: states.hidden,
    layers: states.layers,
    keys: states.keys,
    ...(keep && {
      cache: {
        length: past + widthOf(rows),
        padding: leading,
        tensors: states.tensors,
        axes: next.feeder.cacheAxes,
      },
    }),
  };
}
