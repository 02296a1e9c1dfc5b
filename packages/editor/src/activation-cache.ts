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
import { ActivationStore, mergeActivations, type StoredActivations } from './activation-store.js';

/** Bytes kept unless told otherwise: 256 MiB. */
const DEFAULT_MAX_BYTES = 256 * 2 ** 20;

/** What an activation cache holds and how often it was of use. */
export interface ActivationCache {
  /** Prompts answered from the cache. */
  readonly hits: number;
  /** Prompts the model had to run for. */
  readonly misses: number;
  /** Prompts held. */
  readonly entries: number;
  /** Bytes of activations held; never above `maxBytes`. */
  readonly bytes: number;
  readonly maxBytes: number;
  /** Forgets every activation; the counts stay. */
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
 * two hits. Captures at other layers or positions, projection and generation go to the model. Disposing of it
 * disposes of the model.
 *
 * @throws {SakeError} `invalid-option` when `maxBytes` is not a positive number.
 */
export function withActivationCache(lm: CausalLM, options: { readonly maxBytes?: number } = {}): CachedLM {
  const { maxBytes = DEFAULT_MAX_BYTES } = options;
  if (!(maxBytes > 0))
    throw new SakeError(
      'invalid-option',
      `withActivationCache: expected maxBytes above 0, got ${String(maxBytes)}`,
    );
  const store = new ActivationStore(maxBytes);
  const counts = { hits: 0, misses: 0 };

  /** Entries of prompts, in order: from the store where `suffices`, from one `compute` call where not. */
  const entriesOf = async (
    prompts: readonly Prompt[],
    suffices: (entry: StoredActivations) => boolean,
    compute: (missing: Prompt[]) => Promise<StoredActivations[]>,
  ): Promise<StoredActivations[]> => {
    const found = new Map<string, StoredActivations>();
    const missing = new Map<string, Prompt>();
    for (const prompt of prompts) {
      const key = keyOf(prompt);
      const entry = found.get(key) ?? store.get(key);
      if (entry !== undefined && suffices(entry)) found.set(key, entry);
      else missing.set(key, prompt);
    }
    counts.misses += missing.size;
    counts.hits += prompts.length - missing.size;
    if (missing.size > 0) {
      const computed = await compute([...missing.values()]);
      [...missing.keys()].forEach((key, index) => {
        const merged = mergeActivations(store.get(key), computed[index]!);
        found.set(key, merged);
        store.set(key, merged);
      });
    }
    return prompts.map((prompt) => found.get(keyOf(prompt))!);
  };

  const observe = async (
    prompts: readonly Prompt[],
    request: ObserveOptions = {},
  ): Promise<Observation[]> => {
    const layers = request.layers ?? [];
    const entries = await entriesOf(
      prompts,
      (entry) => layers.every((layer) => entry.layers.has(layer)),
      async (missing) => (await lm.observe(missing, request)).map(detach),
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
    const entries = await entriesOf(
      prompts,
      () => true,
      async (missing) => {
        const { cols, data } = await lm.capture(missing, request);
        return missing.map((_, index) => ({
          lastTokenActivation: data.slice(index * cols, (index + 1) * cols),
          layers: new Map(),
        }));
      },
    );
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
    async [Symbol.asyncDispose]() {
      store.clear();
      await lm[Symbol.asyncDispose]();
    },
    cache: {
      get hits() {
        return counts.hits;
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
