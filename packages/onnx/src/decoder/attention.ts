import { int } from '../attributes.js';
import type { DecoderConfig } from './config.js';
import type { DecoderOps } from './decoder-ops.js';

/**
 * softmax(q kᵀ / √headDim + bias) v, for q [batch, heads, length, headDim]; keys and values have kvHeads.
 *
 * Grouped heads are not repeated: the queries that share a head of keys are laid one after the other instead.
 */
export function attention(
  ops: DecoderOps,
  config: DecoderConfig,
  queries: string,
  keys: string,
  values: string,
): string {
  const { builder, attentionBias } = ops;
  const { heads, kvHeads, headDim } = config;
  const grouped = kvHeads !== heads;
  // 0 keeps a size, -1 takes the rest.
  const reshape = (x: string, dims: readonly number[]): string =>
    grouped ? builder.node('Reshape', [x, builder.int64s(dims)]) : x;

  const scores = ops.scores(reshape(queries, [0, kvHeads, -1, headDim]), keys, headDim ** -0.5);
  const biased = builder.node('Add', [reshape(scores, [0, heads, -1, 0]), attentionBias]);
  const weights = builder.node('Softmax', [biased], { attributes: { axis: int(-1) } });
  const mixed = builder.node('MatMul', [reshape(weights, [0, kvHeads, -1, 0]), values]);
  return reshape(mixed, [0, heads, -1, headDim]);
}
