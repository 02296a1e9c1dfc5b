import { int } from '../attributes.js';
import type { DecoderConfig } from './config.js';
import type { DecoderOps } from './decoder-ops.js';

/**
 * softmax(q kᵀ · scale + bias) v, for q [batch, heads, length, headDim]; keys and values have kvHeads.
 *
 * Grouped heads are not repeated: the queries that share a head of keys are laid one after the other instead.
 */
export function attention(
  ops: DecoderOps,
  config: DecoderConfig,
  layer: number,
  queries: string,
  keys: string,
  values: string,
): string {
  const { builder } = ops;
  const { heads, kvHeads, headDim } = config;
  const grouped = kvHeads !== heads;
  // 0 keeps a size, -1 takes the rest.
  const reshape = (x: string, dims: readonly number[]): string =>
    grouped ? builder.node('Reshape', [x, builder.int64s(dims)]) : x;

  const scores = ops.scores(reshape(queries, [0, kvHeads, -1, headDim]), keys, scoreScale(config, layer));
  const biased = builder.node('Add', [reshape(scores, [0, heads, -1, 0]), ops.attentionBias(layer)]);
  const weights = builder.node('Softmax', [biased], { attributes: { axis: int(-1) } });
  const mixed = builder.node('MatMul', [reshape(weights, [0, kvHeads, -1, 0]), values]);
  return reshape(mixed, [0, heads, -1, headDim]);
}

/** 1 / √headDim, and what GPT-2 configurations may change about it. */
function scoreScale(config: DecoderConfig, layer: number): number {
  const { scaleScores = true, scaleScoresByLayer = false } = config.family === 'gpt2' ? config : {};
  const scale = scaleScores ? config.headDim ** -0.5 : 1;
  return scaleScoresByLayer ? scale / (layer + 1) : scale;
}
