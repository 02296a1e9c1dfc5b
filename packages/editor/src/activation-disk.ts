import { createHash } from 'node:crypto';
import type { Matrix, ModelInfo } from '@sakejs/spec';
import { createSegmentStore, type KeyedMatrix } from './activation-segments.js';
import type { StoredActivations } from './activation-store.js';

/** Activations of one model on disk, each part of a prompt's on its own. */
export interface ActivationDisk {
  /** Takes notice of what other processes added since. */
  refresh(): Promise<void>;
  /** What is known, and as much of the last-token activation and the layers as the disk adds to it. */
  complete(
    tokens: readonly number[],
    layers: readonly number[],
    known: StoredActivations | undefined,
  ): Promise<StoredActivations | undefined>;
  /** Keeps the parts that the disk does not have. */
  keep(
    entries: readonly { readonly tokens: readonly number[]; readonly entry: StoredActivations }[],
  ): Promise<void>;
}

const LAST_TOKEN = 'last token';

/**
 * Activations in a folder, filed under the model, the prompt's tokens and the part.
 *
 * The model is its SHA-256, element type, threads and runtime versions: what another release computes may differ in
 * its last bits.
 */
export function openActivationDisk(directory: string, maxBytes: number, info: ModelInfo): ActivationDisk {
  const store = createSegmentStore(directory, maxBytes);
  const runtime = Object.entries(info.runtime).sort(([a], [b]) => (a < b ? -1 : 1));
  const model = JSON.stringify([info.sha256, info.dtype, info.threads, runtime]);
  const keysOf = (tokens: readonly number[]): ((part: number | typeof LAST_TOKEN) => string) => {
    const prompt = createHash('sha256').update(`${model}\n${tokens.join(',')}\n`);
    return (part) => prompt.copy().update(String(part)).digest('hex');
  };
  return {
    refresh: () => store.refresh(),
    async complete(tokens, layers, known) {
      const keyOf = keysOf(tokens);
      const lastTokenActivation = known?.lastTokenActivation ?? (await store.read(keyOf(LAST_TOKEN)))?.data;
      if (lastTokenActivation === undefined) return undefined;
      const all = new Map<number, Matrix<Float32Array>>(known?.layers);
      for (const layer of layers) {
        const states = all.has(layer) ? undefined : await store.read(keyOf(layer));
        if (states !== undefined) all.set(layer, states);
      }
      return { lastTokenActivation, tokens, layers: all };
    },
    async keep(entries) {
      const missing = entries.flatMap(({ tokens, entry: { lastTokenActivation: data, layers } }) => {
        const keyOf = keysOf(tokens);
        const parts: KeyedMatrix[] = [{ key: keyOf(LAST_TOKEN), rows: 1, cols: data.length, data }];
        for (const [layer, states] of layers) parts.push({ key: keyOf(layer), ...states });
        return parts.filter(({ key }) => !store.has(key));
      });
      await store.append(missing);
    },
  };
}
