import type { Matrix } from '@sakejs/spec';

/** What is known of one prompt. */
export interface StoredActivations {
  readonly lastTokenActivation: Float32Array;
  /** Absent when only the last-token activation was asked for. */
  readonly tokens?: readonly number[];
  readonly layers: ReadonlyMap<number, Matrix<Float32Array>>;
}

function bytesOf({ lastTokenActivation, tokens, layers }: StoredActivations): number {
  let bytes = lastTokenActivation.byteLength + (tokens?.length ?? 0) * 8;
  for (const { data } of layers.values()) bytes += data.byteLength;
  return bytes;
}

/** Least-recently-used store of entries, bounded in bytes. */
export class ActivationStore {
  readonly #entries = new Map<string, StoredActivations>();
  bytes = 0;

  constructor(readonly maxBytes: number) {}

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): StoredActivations | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    return entry;
  }

  set(key: string, entry: StoredActivations): void {
    this.delete(key);
    const bytes = bytesOf(entry);
    if (bytes > this.maxBytes) return;
    this.#entries.set(key, entry);
    this.bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.bytes <= this.maxBytes) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.bytes -= bytesOf(entry);
  }

  clear(): void {
    this.#entries.clear();
    this.bytes = 0;
  }
}

/** What a new pass adds to what was known; the last-token activation first seen stays. */
export function mergeActivations(
  known: StoredActivations | undefined,
  computed: StoredActivations,
): StoredActivations {
  if (known === undefined) return computed;
  const tokens = computed.tokens ?? known.tokens;
  return {
    lastTokenActivation: known.lastTokenActivation,
    ...(tokens === undefined ? {} : { tokens }),
    layers: new Map([...known.layers, ...computed.layers]),
  };
}
