import { int } from '../attributes.js';
import type { GraphBuilder } from '../graph-builder.js';
import { DataType } from '../ir.js';
import type { DecoderConfig, LlamaConfig } from './config.js';
import type { DecoderOps } from './decoder-ops.js';
import { swapHeads } from './heads.js';
import type { Norm } from './norm.js';
import { rotaryInputs, rotaryTables, type RotaryInputs } from './rotary.js';
import { plainScores } from './scores.js';
import type { StoredWeights } from './stored-weights.js';

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
  weights: StoredWeights,
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
    attentionBias: causalBias(builder, inputs.ids, inputs.mask),
    ...(config.family === 'llama' ? { rotary: gatherRotary(builder, config, inputs.positions) } : {}),
    vector: (name) => weights.float32(name),
    linear: (x, name) => {
      const matrix =
        config.family === 'gpt2' ? weights.float32(`${name}.weight`) : weights.transposed(`${name}.weight`);
      const product = builder.node('MatMul', [x, matrix], { name: `${name}.MatMul` });
      const bias = `${name}.bias`;
      return weights.has(bias) ? builder.node('Add', [product, weights.float32(bias)]) : product;
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

/** 0 where a query may see a key, else {@link HIDDEN}: [batch, 1, length, past + length]. */
function causalBias(builder: GraphBuilder, ids: string, mask: string): string {
  const lengthOf = (x: string): string => {
    const length = builder.node('Shape', [x], { attributes: { start: int(1), end: int(2) } });
    return builder.node('Squeeze', [length, builder.int64s([0])]);
  };
  const [zero, one] = [builder.scalar(0, DataType.INT64), builder.scalar(1, DataType.INT64)];
  const total = lengthOf(mask);
  const past = builder.node('Sub', [total, lengthOf(ids)]);
  const keys = builder.node('Range', [zero, total, one]); // [past + length]
  const queries = builder.node('Range', [past, total, one]); // [length]
  const causal = builder.node('LessOrEqual', [
    keys,
    builder.node('Unsqueeze', [queries, builder.int64s([1])]),
  ]); // [length, past + length]
  const real = builder.node('Greater', [mask, zero]);
  const visible = builder.node('And', [causal, builder.node('Unsqueeze', [real, builder.int64s([1, 2])])]);
  return builder.node('Where', [visible, builder.scalar(0), builder.scalar(HIDDEN)]);
}

/** Rows of the rotary tables at the positions asked for. */
function gatherRotary(builder: GraphBuilder, config: LlamaConfig, positions: string): RotaryInputs {
  const { headDim, maxPositions } = config;
  const tables = rotaryTables(
    config,
    Array.from({ length: maxPositions }, (_, position) => position),
  );
  const gather = (name: 'cos' | 'sin'): string => {
    const table = builder.constant(tables[name], [maxPositions, headDim], {
      name: `rotary.${name}`,
      type: DataType.FLOAT,
    });
    return builder.node('Gather', [table, positions]);
  };
  return rotaryInputs(builder, { cos: gather('cos'), sin: gather('sin') }, headDim, DataType.FLOAT);
}
