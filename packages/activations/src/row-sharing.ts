import { isSakeError } from '@sakejs/spec';
import type { Decoder, ForwardStates } from './decoder.js';

/**
 * Which rows of a batch do not see each other.
 *
 * - `any`: rows of any lengths, because the graph's mask and positions hide padding.
 * - `equal-lengths`: rows without padding only, as where a graph counts positions from the cache's length, or its
 *   attention operator knows padding on the right alone.
 * - `none`: a row must run alone, as where activations are quantized over the whole batch or its size is fixed at 1.
 */
export type RowSharing = 'any' | 'equal-lengths' | 'none';

/** Between float16 rounding in another order (1e-3) and what a wrong position or a shared scale does (1e-2 and more). */
const TOLERANCE = 4e-3;

/**
 * Finds out which rows may share a pass: none where the graph quantizes a batch together, as its operators say;
 * otherwise, as graphs do not say it, with five passes over a few tokens, by comparing a row alone with the same row in
 * batches, before and behind a cache.
 */
export async function probeRowSharing(decoder: Decoder, hiddenSize: number): Promise<RowSharing> {
  if (decoder.mixesRows) return 'none';
  const token = (at: number): number => Math.floor(((at + 0.5) / 8) * decoder.vocabularySize);
  const row = [token(5), token(2), token(4)];
  const longer = [token(7), token(1), token(6), token(3), token(0)];
  const alone = await statesOf(decoder, hiddenSize, [row], token(4));
  const unmoved = async (other: readonly number[]): Promise<boolean> => {
    try {
      const shared = await statesOf(decoder, hiddenSize, [row, other], token(4));
      return isClose(shared, alone);
    } catch (cause) {
      // The runtime refuses the shape: a batch of a fixed size.
      if (isSakeError(cause)) return false;
      throw cause;
    }
  };
  if (await unmoved(longer)) return 'any';
  return (await unmoved(longer.slice(0, row.length))) ? 'equal-lengths' : 'none';
}

/** The first row's states: of its own tokens, then of `next` behind a cache where there is one. */
async function statesOf(
  decoder: Decoder,
  d: number,
  rows: readonly (readonly number[])[],
  next: number,
): Promise<number[]> {
  const padding = decoder.cached ? 'left' : 'right';
  const states = await decoder.forward(rows, { layers: [], keepCache: decoder.cached, padding });
  const length = rows[0]!.length;
  const start = padding === 'left' ? states.width - length : 0;
  const own = ({ hidden }: ForwardStates, from: number, count: number): number[] =>
    Array.from(hidden.subarray(from * d, (from + count) * d));
  const seen = own(states, start, length);
  if (states.cache === undefined) return seen;
  const further = await decoder.forward(
    rows.map(() => [next]),
    { layers: [], cache: states.cache },
  );
  return [...seen, ...own(further, 0, 1)];
}

function isClose(actual: readonly number[], expected: readonly number[]): boolean {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return actual.every((value, at) => Math.abs(value - expected[at]!) <= TOLERANCE * scale);
}
