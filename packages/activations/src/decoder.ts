import type { StreamAddition } from '@sakejs/spec';
import type { GraphTensor } from './graph-session.js';

/** Keys and values of the positions seen so far, as the graph gave them. */
export interface KeyValueCache {
  /** Columns, padding included. */
  readonly length: number;
  /** Columns at the start of each row that hold no token. */
  readonly padding: readonly number[];
  readonly tensors: Readonly<Record<string, GraphTensor>>;
  /** Where rows and positions lie in tensors other than [.., rows, heads, positions, size], by name. */
  readonly axes?: Readonly<Record<string, CacheAxes>>;
}

/** Which axis of a cache's tensor counts rows (perhaps times heads), and which positions; rows come first. */
export interface CacheAxes {
  readonly rows: number;
  readonly positions: number;
}

export interface ForwardOptions {
  /** Blocks whose residual stream is wanted. */
  readonly layers: readonly number[];
  /** Positions already seen; the rows, all of one length, go on from there. */
  readonly cache?: KeyValueCache;
  /** Whether the grown cache is wanted. */
  readonly keepCache?: boolean;
  /** Where rows shorter than the longest are filled up; only what is padded on the left can be gone on from. Default `right`. */
  readonly padding?: 'left' | 'right';
  /**
   * What is added to each row's residual streams, positions counted from its first token. Those in the cache are
   * left out: they were added when these positions were read. A decoder that takes no changes refuses any.
   */
  readonly additions?: readonly (readonly StreamAddition[])[];
  /** Blocks whose MLP keys are wanted, of a decoder that takes changes. */
  readonly keys?: readonly number[];
}

/** States of a batch; row b, position t starts at (b · width + t) · d. Rows shorter than `width` are padded. */
export interface ForwardStates {
  readonly width: number;
  /** Input of the LM head, [rows, width, d]. */
  readonly hidden: Float32Array;
  /** Residual stream after the named blocks, [rows, width, d]. */
  readonly layers: ReadonlyMap<number, Float32Array>;
  /** MLP keys of the named blocks, [rows, width, keySize]. */
  readonly keys: ReadonlyMap<number, Float32Array>;
  readonly cache?: KeyValueCache;
}

/** A decoder split before its LM head. */
export interface Decoder {
  readonly vocabularySize: number;
  readonly dtype: string;
  /** Whether decoding can go on from a cache. */
  readonly cached: boolean;
  /** Whether the graph shows the residual stream after each block. */
  readonly showsLayers: boolean;
  /** Whether activations are quantized by the range of a whole batch, so that a row's states depend on the others. */
  readonly mixesRows: boolean;
  forward(rows: readonly (readonly number[])[], options: ForwardOptions): Promise<ForwardStates>;
  /** Writes logits [rows, vocabulary] of `hidden` [rows, d] into `logits`. */
  project(hidden: Float32Array, rows: number, logits: Float32Array): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
