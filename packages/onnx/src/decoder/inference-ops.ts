import { int } from '../attributes.js';
import type { GraphBuilder } from '../graph-builder.js';
import { DataType } from '../ir.js';
import { isRotary, type DecoderConfig, type SlidingWindow } from './config.js';
import type { DecoderOps } from './decoder-ops.js';
import { swapHeads } from './heads.js';
import type { Norm } from './norm.js';
import { gatherRotary } from './rotary.js';
import { plainScores } from './scores.js';
import type { GraphWeights } from './graph-weights.js';

/** Graph inputs that the blocks of an inference graph read. */
export interface InferenceInputs {
  readonly ids: string;
  readonly mask: string;
  readonly positions: string;
  /** Earlier keys and values of each layer. */
  readonly pasts: readonly (readonly [keys: string, values: string])[];
}

/** Added to the scores of hidden keys: their weights underflow to 0, and rows without any key stay finite. */
const HIDDEN = -1e9;

/** Operations on [batch, length, width] of free sizes, with weights inside the graph and a key-value cache. */
export function inferenceOps(
  builder: GraphBuilder,
  config: DecoderConfig,
  weights: GraphWeights,
  norm: Norm,
  inputs: InferenceInputs,
): DecoderOps {
  const { heads, headDim } = config;
  const reshape = (x: string, dims: readonly number[]): string =>
    builder.node('Reshape', [x, builder.int64s(dims)]);
  return {
    builder,
    type: DataType.FLOAT,
    norm,
    attentionBias: attentionBiases(builder, config, inputs),
    ...(isRotary(config) ? { rotary: gatherRotary(builder, config, inputs.positions) } : {}),
    vector: (name) => weights.vector(name),
    linear: (x, name) => {
      const product = weights.product(x, `${name}.weight`, `${name}.MatMul`);
      const bias = `${name}.bias`;
      return weights.has(bias) ? builder.node('Add', [product, weights.vector(bias)]) : product;
    },
    splitHeads: (x, count) => swapHeads(builder, reshape(x, [0, 0, count, headDim])),
    mergeHeads: (x) => reshape(swapHeads(builder, x), [0, 0, heads * headDim]),
    scores: (queries, keys, scale) => plainScores(builder, queries, keys, scale, DataType.FLOAT),
    remember: (layer, keys, values) => {
      const [pastKeys, pastValues] = inputs.pasts[layer]!;
      const append = (past: string, current: string, part: string): string =>
        builder.node('Concat', [past, current], {
          attributes: { axis: int(2) },
          outputs: [`present.${layer}.${part}`],
        });
      return [append(pastKeys, keys, 'key'), append(pastValues, values, 'value')];
    },
  };
}

/** The mask of each layer: all earlier positions, or those within a window. */
function attentionBiases(
  builder: GraphBuilder,
  config: DecoderConfig,
  inputs: InferenceInputs,
): (layer: number) => string {
  const window = config.family === 'llama' ? config.slidingWindow : undefined;
  const windowed = new Set(window?.layers);
  const causal = windowed.size < config.layers ? causalBias(builder, inputs, undefined) : undefined;
  const near = windowed.size > 0 ? causalBias(builder, inputs, window) : undefined;
  return (layer) => (windowed.has(layer) ? near : causal)!;
}

/** 0 where a query may see a key, else {@link HIDDEN}: [batch, 1, length, past + length]. */
function causalBias(
  builder: GraphBuilder,
  { ids, mask }: InferenceInputs,
  window: SlidingWindow | undefined,
): string {
  const lengthOf = (x: string): string => {
    const length = builder.node('Shape', [x], { attributes: { start: int(1), end: int(2) } });
    return builder.node('Squeeze', [length, builder.int64s([0])]);
  };
  const [zero, one] = [builder.scalar(0, DataType.INT64), builder.scalar(1, DataType.INT64)];
  const total = lengthOf(mask);
  const past = builder.node('Sub', [total, lengthOf(ids)]);
  const keys = builder.node('Range', [zero, total, one]); // [past + length]
  const queries = builder.node('Range', [past, total, one]); // [length]
  const rows = builder.node('Unsqueeze', [queries, builder.int64s([1])]); // [length, 1]
  let visible = builder.node('LessOrEqual', [keys, rows]); // [length, past + length]
  if (window !== undefined) {
    const beyond = builder.node('Sub', [rows, builder.scalar(window.size, DataType.INT64)]);
    visible = builder.node('And', [visible, builder.node('Greater', [keys, beyond])]);
  }
  const real = builder.node('Greater', [mask, zero]);
  visible = builder.node('And', [visible, builder.node('Unsqueeze', [real, builder.int64s([1, 2])])]);
  return builder.node('Where', [visible, builder.scalar(0), builder.scalar(HIDDEN)]);
}
