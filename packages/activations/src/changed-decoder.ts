import { touchedLayers, type PassChange } from './change-feeds.js';
import type { ChangedBodies } from './changed-bodies.js';
import type { Decoder } from './decoder.js';
import { forwardThrough, leadingOf } from './forward-pass.js';

/** Changes of weights, as a body takes them. */
export type WeightChange = Pick<PassChange, 'lowRank' | 'dense'>;

/**
 * A model's decoder with changed weights, which also takes additions to residual streams and shows MLP keys.
 *
 * A pass that nothing changes runs through the plain decoder. Disposing of it frees nothing.
 */
export function changedDecoder(plain: Decoder, bodies: ChangedBodies, weights: WeightChange): Decoder {
  const lowRank = [...weights.lowRank.keys()].sort((a, b) => a - b);
  const dense = [...weights.dense.keys()].sort((a, b) => a - b);
  return {
    vocabularySize: plain.vocabularySize,
    dtype: plain.dtype,
    cached: plain.cached,
    showsLayers: plain.showsLayers,
    mixesRows: plain.mixesRows,
    async forward(rows, options) {
      const { additions = [], keys = [], cache, ...others } = options;
      const columns = { rows, past: cache?.length ?? 0, leading: leadingOf(rows, options) };
      const stream = touchedLayers(columns, additions);
      if (lowRank.length + dense.length + stream.length + keys.length === 0)
        return plain.forward(rows, { ...others, ...(cache && { cache }) });
      const shown = [...new Set(keys)].sort((a, b) => a - b);
      return bodies.use({ lowRank, dense, stream, keys: shown }, (changed) =>
        forwardThrough(changed, rows, options, plain.cached, { ...weights, additions }),
      );
    },
    project: (hidden, rows, logits) => plain.project(hidden, rows, logits),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
