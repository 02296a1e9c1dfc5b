import { SakeError } from '@sakejs/spec';
import type { Decoder, KeyValueCache } from '../src/decoder.js';

/** What a decoder's rows see of each other. */
export interface Sight {
  /** Positions count padding, as where a graph takes them from the cache's length. */
  readonly countsPadding?: boolean;
  /** All values depend on the largest of the batch, as where activations are quantized together. */
  readonly scales?: boolean;
  /** A batch of one only. */
  readonly fixed?: boolean;
  readonly cached?: boolean;
}

/** A decoder that tells how many rows, of which lengths, each pass read. */
export interface CountingDecoder extends Decoder {
  readonly passes: (readonly number[])[];
}

const VOCABULARY = 100;

/** A state of width 2 a position: the token, and its position times 7; the next token follows from both. */
export function countingDecoder({
  countsPadding,
  scales = false,
  fixed,
  cached = true,
}: Sight): CountingDecoder {
  const passes: (readonly number[])[] = [];
  return {
    passes,
    vocabularySize: VOCABULARY,
    dtype: 'float32',
    cached,
    showsLayers: false,
    mixesRows: scales,
    async forward(rows, { cache, keepCache, padding }) {
      passes.push(rows.map(({ length }) => length));
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
      const columns = past + width;
      const grown: KeyValueCache = {
        length: columns,
        padding: leading,
        tensors: {
          key: {
            type: 'float32',
            dims: [rows.length, 1, columns, 1],
            data: new Float32Array(rows.length * columns),
          },
        },
      };
      return {
        width,
        hidden: Float32Array.from(hidden),
        layers: new Map(),
        keys: new Map(),
        ...(keepCache && { cache: grown }),
      };
    },
    async project(hidden, rows, logits) {
      for (let row = 0; row < rows; row++) {
        const next = Math.round(31 * hidden[2 * row]! + hidden[2 * row + 1]!) % VOCABULARY;
        for (let token = 0; token < VOCABULARY; token++)
          logits[row * VOCABULARY + token] = -Math.abs(token - next);
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
