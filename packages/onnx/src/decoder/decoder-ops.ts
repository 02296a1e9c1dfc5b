import type { GraphBuilder } from '../graph-builder.js';
import type { DataType } from '../ir.js';
import type { Norm } from './norm.js';
import type { RotaryInputs } from './rotary.js';

/**
 * What the blocks of a decoder share and what differs between graphs.
 *
 * Inference keeps activations as [batch, length, width], training as [batch·length, width].
 */
export interface DecoderOps {
  readonly builder: GraphBuilder;
  readonly type: DataType;
  readonly norm: Norm;
  /** Additive mask of a layer, broadcast to [batch, heads, queries, keys]. */
  attentionBias(layer: number): string;
  /** Of families with rotary positions. */
  readonly rotary?: RotaryInputs;
  /** Tensor that holds a vector: a bias or a norm's scale. */
  vector(name: string): string;
  /** x W + b, with the weights `<name>.weight` and, where the decoder has one, `<name>.bias`. */
  linear(x: string, name: string): string;
  /** Activations of width heads · headDim -> [batch, heads, length, headDim]. */
  splitHeads(x: string, heads: number): string;
  /** Inverse of {@link splitHeads}. */
  mergeHeads(x: string): string;
  /** queries · keysᵀ · scale */
  scores(queries: string, keys: string, scale: number): string;
  /** The rows of [batch·length, width] that the graph's output has, from the last attention on; all when absent. */
  keepRows?(x: string): string;
  /** Keys and values of all positions up to now, given those of the current ones. */
  remember(layer: number, keys: string, values: string): readonly [keys: string, values: string];
}
