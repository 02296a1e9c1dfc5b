import { SakeError } from '@sakejs/spec';
import type { Decoder } from './decoder.js';

/** Hidden states [rows, width, d] of rows of one length. */
export type ReadStates = (rows: readonly (readonly number[])[]) => Promise<Float32Array>;

/** How far states of a decoder may move, relative to the largest: half precision in another order. */
const TOLERANCE = 4e-3;

/** Tokens that are read where a model is opened. */
const LENGTH = 5;
/** Ids stay below it: vocabularies of logits may be padded beyond those of embeddings. */
const IDS = 256;

/**
 * Holds that later tokens do not change earlier states: two sequences that differ in their last token only are read in
 * one batch, so that what quantizes by the range of a batch sees the same range.
 *
 * An encoder with a head over its vocabulary looks like a decoder without a cache in all but this.
 *
 * @param ids at least two tokens.
 * @param other another last token.
 * @throws {SakeError} `unsupported` for a graph that sees what comes after a token, or whose states are not of every
 * position.
 */
export async function checkCausal(
  read: ReadStates,
  ids: readonly number[],
  other: number,
  where: string,
): Promise<void> {
  const states = await read([ids, [...ids.slice(0, -1), other]]);
  const half = states.length / 2;
  const before = (half / ids.length) * (ids.length - 1);
  let largest = 0;
  let moved = 0;
  for (let at = 0; at < before; at++) {
    largest = Math.max(largest, Math.abs(states[at]!));
    moved = Math.max(moved, Math.abs(states[at]! - states[half + at]!));
  }
  if (moved <= TOLERANCE * largest) return;
  throw new SakeError(
    'unsupported',
    `${where}: expected a decoder, whose states do not depend on later tokens, got no decoder: with another last ` +
      `token, the states of the ${ids.length - 1} before it change by ${((100 * moved) / largest).toPrecision(2)} %; ` +
      'encoders and masked language models cannot be steered',
    { details: { moved, largest } },
  );
}

/**
 * {@link checkCausal} of a decoder that has no cache. One that has passes earlier states on unchanged, and is spared the
 * pass.
 *
 * @throws {SakeError} as {@link checkCausal}.
 */
export async function checkDecoder(decoder: Decoder, maxPositions: number, where: string): Promise<void> {
  const length = Math.min(LENGTH, maxPositions);
  if (decoder.cached || length < 2) return;
  const known = Math.min(IDS, decoder.vocabularySize);
  const token = (at: number): number => Math.floor(((at + 0.5) / (LENGTH + 1)) * known);
  await checkCausal(
    async (rows) => (await decoder.forward(rows, { layers: [] })).hidden,
    Array.from({ length }, (_, at) => token(at)),
    token(LENGTH),
    where,
  );
}
