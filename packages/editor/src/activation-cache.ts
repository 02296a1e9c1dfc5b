import {
  type CaptureOptions,
  type CausalLM,
  type Matrix,
  fromRows,
  type Observation,
  type ObserveOptions,
  type Prompt,
  SakeError,
} from '@sakejs/spec';
import { openActivationDisk, type ActivationDisk } from './activation-disk.js';
import { ActivationStore, mergeActivations, type StoredActivations } from './activation-store.js';

/** Bytes kept unless told otherwise: 256 MiB. */
const DEFAULT_MAX_BYTES = 256 * 2 ** 20;
/** Bytes kept on disk unless told otherwise: 2 GiB. */
const DEFAULT_DIRECTORY_BYTES = 2 ** 31;

export interface ActivationCacheOptions {
  /** Most bytes of activations held in memory. Default 256 MiB. */
  readonly maxBytes?: number;
  /** A folder in which activations outlast the process; several processes may share it. Default none. */
  readonly directory?: string;
  /** Most bytes kept in `directory`. Default 2 GiB. */
  readonly directoryBytes?: number;
}

/** What an activation cache holds and how often it was of use. */
export interface ActivationCache {
  /** Prompts answered from the cache. */
  readonly hits: number;
  /** Those of them for which the folder was read. */
  readonly diskHits: number;
  /** Prompts the model had to run for. */
  readonly misses: number;
  /** Prompts held in memory. */
  readonly entries: number;
  /** Bytes of activations held; never above `maxBytes`. */
  readonly bytes: number;
  readonly maxBytes: number;
  /** Forgets every activation in memory; the counts and the folder stay. */
  clear(): void;
}

/** A model that remembers the activations it showed. */
export interface CachedLM extends CausalLM {
  readonly cache: ActivationCache;
}

const keyOf = (prompt: Prompt): string =>
  typeof prompt === 'string' ? `t${prompt}` : `i${prompt.join(',')}`;

/**
 * A model whose `capture` (of last tokens) and `observe` are computed once a prompt.
 *
 * Keyed by prompt and layers: what is known of a prompt also answers a request for fewer of its layers. Prompts
 * least recently used are dropped first. Observations from the cache share its arrays: read them, do not write.
 * An activation may differ from an uncached one as one batch differs from another (within 1e-5), never between
 * two hits. With `directory`, what memory does not have is looked for there, under the model, the prompt's tokens and
 * the part (last token, or a layer): the very bits that were computed, checked; a damaged entry is computed again.
 * Captures at other layers or positions, projection, generation and the model's changed views are the model's own. Disposing of it
 * disposes of the model.
 *
 * @throws {SakeError} `invalid-option` when `maxBytes` or `directoryBytes` is not a positive number; `io`, from
 * `capture` and `observe`, when `directory` cannot be read or written.
 */
export function withActivationCache(lm: CausalLM, options: ActivationCacheOptions = {}): CachedLM {
  const { maxBytes = DEFAULT_MAX_BYTES, directory, directoryBytes = DEFAULT_DIRECTORY_BYTES } = options;
  for (const [name, bytes] of Object.entries({ maxBytes, directoryBytes }))
    if (!(bytes > 0))
      throw new SakeError(
        'invalid-option',
        `withActivationCache: expected ${name} above 0, got ${String(bytes)}`,
      );
  const store = new ActivationStore(maxBytes);
  const disk: ActivationDisk | undefined =
    directory === undefined ? undefined : openActivationDisk(directory, directoryBytes, lm.info);
  const counts = { hits: 0, diskHits: 0, misses: 0 };

  /** Entries of prompts with these layers, in order: from memory, from disk, or from one `compute` call. */
  const entriesOf = async (
    prompts: readonly Prompt[],
    layers: readonly number[],
    compute: (missing: Prompt[]) => Promise<StoredActivations[]>,
  ): Promise<StoredActivations[]> => {
    const suffices = (entry: StoredActivations): boolean => layers.every((layer) => entry.layers.has(layer));
    const found = new Map<string, StoredActivations>();
    const missing = new Map<string, Prompt>();
    for (const prompt of prompts) {
      const key = keyOf(prompt);
      const entry = found.get(key) ?? store.get(key);
      if (entry !== undefined && suffices(entry)) found.set(key, entry);
      else missing.set(key, prompt);
    }
    if (disk !== undefined && missing.size > 0) {
      await disk.refresh();
      for (const [key, prompt] of missing) {
        const entry = await disk.complete(tokensOf(lm, prompt), layers, store.get(key));
        if (entry === undefined) continue;
        store.set(key, entry);
        found.set(key, entry);
        if (!suffices(entry)) continue;
        missing.delete(key);
        counts.diskHits++;
      }
    }
    counts.misses += missing.size;
    counts.hits += prompts.length - missing.size;
    if (missing.size > 0) {
      const computed = await compute([...missing.values()]);
      const merged = [...missing].map(([key, prompt], index) => {
        const entry = mergeActivations(found.get(key) ?? store.get(key), computed[index]!);
        found.set(key, entry);
        store.set(key, entry);
        return { prompt, entry };
      });
      await disk?.keep(merged.map(({ prompt, entry }) => ({ tokens: tokensOf(lm, prompt), entry })));
    }
    return prompts.map((prompt) => found.get(keyOf(prompt))!);
  };

  const observe = async (
    prompts: readonly Prompt[],
    request: ObserveOptions = {},
  ): Promise<Observation[]> => {
    const layers = request.layers ?? [];
    const entries = await entriesOf(prompts, layers, async (missing) =>
      (await lm.observe(missing, request)).map(detach),
    );
    return entries.map((entry, index) => ({
      tokens: entry.tokens ?? tokensOf(lm, prompts[index]!),
      lastTokenActivation: entry.lastTokenActivation,
      layers: new Map(layers.map((layer) => [layer, entry.layers.get(layer)!])),
    }));
  };

  const capture = async (
    prompts: readonly Prompt[],
    request: CaptureOptions = {},
  ): Promise<Matrix<Float32Array>> => {
    if (request.layer !== undefined || request.positions !== undefined) return lm.capture(prompts, request);
    const entries = await entriesOf(prompts, [], async (missing) => {
      const { cols, data } = await lm.capture(missing, request);
      return missing.map((_, index) => ({
        lastTokenActivation: data.slice(index * cols, (index + 1) * cols),
        layers: new Map(),
      }));
    });
    return entries.length === 0
      ? lm.capture(prompts, request)
      : fromRows(entries.map(({ lastTokenActivation }) => lastTokenActivation));
  };

  return {
    info: lm.info,
    encode: (text) => lm.encode(text),
    decode: (tokens) => lm.decode(tokens),
    capture,
    observe,
    project: (hidden) => lm.project(hidden),
    generate: (prompt, request) => lm.generate(prompt, request),
    generateBatch: (requests, request) => lm.generateBatch(requests, request),
    ...(lm.chat && { chat: lm.chat }),
    ...(lm.layers && { layers: lm.layers }),
    ...(lm.gradients && { gradients: lm.gradients }),
    async [Symbol.asyncDispose]() {
      store.clear();
      await lm[Symbol.asyncDispose]();
    },
    cache: {
      get hits() {
        return counts.hits;
      },
      get diskHits() {
        return counts.diskHits;
      },
      get misses() {
        return counts.misses;
      },
      get entries() {
        return store.size;
      },
      get bytes() {
        return store.bytes;
      },
      maxBytes,
      clear: () => store.clear(),
    },
  };
}

const tokensOf = (lm: CausalLM, prompt: Prompt): readonly number[] =>
  typeof prompt === 'string' ? lm.encode(prompt) : prompt;

/** A copy of values that are a window on a larger buffer, so that the cache holds no more than it counts. */
const own = (data: Float32Array): Float32Array =>
  data.byteLength === data.buffer.byteLength ? data : data.slice();

function detach({ tokens, lastTokenActivation, layers }: Observation): StoredActivations {
  return {
    tokens,
    lastTokenActivation: own(lastTokenActivation),
    layers: new Map([...layers].map(([layer, states]) => [layer, { ...states, data: own(states.data) }])),
  };
}
