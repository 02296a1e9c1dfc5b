import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isSakeError, readSafetensors, SakeError, writeSafetensors, type CausalLM } from '@sakejs/spec';
import { readKept, writeKept } from '../kept-file.js';
import { collectKeyMoments, type KeyMoments, type KeyMomentsOptions, type Texts } from './key-moments.js';

const FORMAT = 'sakejs.key-moments.1';
const WHERE = 'cachedKeyMoments';

export interface CachedMomentsOptions extends KeyMomentsOptions {
  /** Where moments are kept; made when it is not there. */
  readonly directory: string;
}

/** What moments depend on, as a SHA-256 in hex: model, block, texts and limit. */
export function keyMomentsKey(
  lm: Pick<CausalLM, 'info'>,
  corpus: string,
  { layer, maxTokens }: Pick<KeyMomentsOptions, 'layer' | 'maxTokens'>,
): string {
  const { sha256, runtime } = lm.info;
  const parts = [FORMAT, sha256, runtime['change'] ?? '', layer, corpus, maxTokens ?? 'all'];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** SHA-256 over texts, in their order. */
export async function corpusHash(texts: Texts): Promise<string> {
  const hash = createHash('sha256');
  for await (const text of texts) hash.update(`${Buffer.byteLength(text)}:`).update(text);
  return hash.digest('hex');
}

/**
 * Moments of a corpus from disk, or collected and kept there, under the hash of everything that they depend on.
 *
 * @param texts gives the corpus from its start on each call: once for its hash, and once more where nothing is kept.
 * @throws {SakeError} as {@link collectKeyMoments}; `io`. A damaged file counts as none and is written again.
 */
export async function cachedKeyMoments(
  lm: CausalLM,
  texts: () => Texts,
  { directory, ...options }: CachedMomentsOptions,
): Promise<KeyMoments> {
  const key = keyMomentsKey(lm, await corpusHash(texts()), options);
  const file = join(directory, `key-moments-${key}.safetensors`);
  const bytes = await readKept(file, WHERE);
  const kept = bytes && momentsIn(bytes, options.layer);
  if (kept !== undefined) return kept;
  const moments = await collectKeyMoments(lm, texts(), options);
  await writeKept(file, encodeKeyMoments(moments), WHERE);
  return moments;
}

/** Moments as a safetensors file. */
export function encodeKeyMoments({ layer, size, count, moment }: KeyMoments): Uint8Array {
  return writeSafetensors({
    tensors: { moment: { dtype: 'F64', shape: [size, size], data: moment } },
    metadata: { format: FORMAT, layer: String(layer), count: String(count) },
  });
}

/** @throws {SakeError} `invalid-file` for bytes that {@link encodeKeyMoments} did not give. */
export function decodeKeyMoments(bytes: Uint8Array): KeyMoments {
  const { tensors, metadata } = readSafetensors(bytes);
  const moment = tensors['moment'];
  const [layer, count] = [Number(metadata['layer']), Number(metadata['count'])];
  const [size = 0, other] = moment?.shape ?? [];
  const isWhole = metadata['format'] === FORMAT && Number.isInteger(layer) && Number.isInteger(count);
  if (!isWhole || !(moment?.data instanceof Float64Array) || size !== other)
    throw new SakeError('invalid-file', `decodeKeyMoments: expected a file of ${FORMAT}, got another`);
  return { layer, size, count, moment: moment.data };
}

function momentsIn(bytes: Uint8Array, layer: number): KeyMoments | undefined {
  try {
    const moments = decodeKeyMoments(bytes);
    return moments.layer === layer ? moments : undefined;
  } catch (cause) {
    if (isSakeError(cause) && cause.code === 'invalid-file') return undefined;
    throw cause;
  }
}
