import { SakeError } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import type { Decoder, KeyValueCache } from './decoder.js';
import { probeRowSharing } from './row-sharing.js';

/** What a decoder's rows see of each other. */
interface Sight {
  /** Positions count padding, as where a graph takes them from the cache's length. */
  readonly countsPadding?: boolean;
  /** All values depend on the largest of the batch, as where activations are quantized together. */
  readonly scales?: boolean;
  /** A batch of one only. */
  readonly fixed?: boolean;
  readonly cached?: boolean;
}

/** A state of width 2 a position: the token, and its position times a constant. */
function decoderThat({ countsPadding, scales, fixed, cached = true }: Sight): Decoder {
  return {
    vocabularySize: 100,
    dtype: 'float32',
    cached,
    showsLayers: false,
    async forward(rows, { cache, keepCache, padding }) {
      if (fixed && rows.length > 1) throw new SakeError('invalid-input', 'run: expected another shape');
      const width = Math.max(...rows.map(({ length }) => length));
      const past = cache?.length ?? 0;
      const leading = rows.map(
        ({ length }, row) => cache?.padding[row] ?? (padding === 'left' ? width - length : 0),
      );
      const largest = scales ? Math.max(...rows.flat()) : 1;
      const hidden = rows.flatMap((tokens, row) =>
        Array.from({ length: width }, (_, at) => {
          const token = tokens[past + at - Math.max(past, leading[row]!)] ?? 0;
          const position = past + at - (countsPadding ? 0 : leading[row]!);
          return [token / largest, 7 * position];
        }).flat(),
      );
      const grown: KeyValueCache = { length: past + width, padding: leading, tensors: {} };
      return {
        width,
        hidden: Float32Array.from(hidden),
        layers: new Map(),
        ...(keepCache && { cache: grown }),
      };
    },
    project: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

describe('probeRowSharing', () => {
  it.each<[string, Sight]>([
    ['any', {}],
    ['any', { cached: false }],
    // Without a cache rows are padded behind their tokens, where positions do not change.
    ['any', { cached: false, countsPadding: true }],
    ['equal-lengths', { countsPadding: true }],
    ['none', { scales: true }],
    ['none', { fixed: true }],
  ])('finds %s for %j', async (expected, sight) => {
    expect(await probeRowSharing(decoderThat(sight), 2)).toBe(expected);
  });

  it('passes on what is no refusal of a shape', async () => {
    const broken: Decoder = {
      ...decoderThat({}),
      forward: () => Promise.reject(new TypeError('out of reach')),
    };
    await expect(probeRowSharing(broken, 2)).rejects.toThrow(/out of reach/);
  });
});
