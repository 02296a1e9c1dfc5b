import { SakeError } from '@sakejs/spec';
import { int } from '../attributes.js';
import { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { decoderBlocks, LAST_HIDDEN_STATE } from './blocks.js';
import { isRotary, type DecoderConfig, type RotaryDecoderConfig } from './config.js';
import type { DecoderOps } from './decoder-ops.js';
import { swapHeads } from './heads.js';
import { fusedNorm, primitiveNorm } from './norm.js';
import { rotaryInputs } from './rotary.js';
import { fusedScores, plainScores } from './scores.js';
import {
  decoderWeights,
  embeddingName,
  HEAD_BIAS,
  headName,
  matrixOrder,
  POSITION_TABLE,
  type WeightSpec,
} from './weights.js';

/** Settings of {@link buildTrainingGraph}. */
export interface TrainingGraphOptions {
  /** Rows of packed tokens in one step. */
  readonly batch: number;
  /** Tokens in a row. */
  readonly length: number;
  /** `float32` by default. */
  readonly dtype?: 'float32' | 'float64';
  /**
   * Whether to use ONNX Runtime's FusedMatMul and norms of one node, which give what their gradients need. False
   * (default) leaves standard operators that also have float64 kernels.
   */
  readonly fused?: boolean;
  /** How many rows of the output are wanted; fewer cost less. Default: all, batch · length. */
  readonly outputRows?: number;
}

const OPSET = 18;

/**
 * Builds the decoder between embedding and head with static shapes and its weights as inputs, to be differentiated.
 *
 * Inputs, besides each of {@link trainingWeights} under its own name and shape:
 * `inputs_embeds` [batch, length, hiddenSize] (GPT-2: positions already added); `attention_bias` [batch, 1, length,
 * length], 0 or about -1e9, so that documents packed into one row do not see each other (a sliding window of all layers
 * is the caller's to put there too); and for rotary positions
 * `rope_cos`, `rope_sin` [batch, length, headDim], the rows of {@link rotaryTables} at each token's position.
 * Output: `last_hidden_state` [batch · length, hiddenSize]. Inside are `resid_post.<layer>`, of the same shape.
 *
 * With `outputRows` there is one more input, `output_rows`, int64 [outputRows]: which rows `last_hidden_state` (and
 * `resid_post` of the last layer) has. The last block works on these alone once attention has mixed all.
 *
 * @throws {SakeError} `invalid-option` for sizes below 1 and for more output rows than there are, `unsupported` for a sliding
 *   window that only some layers have.
 */
export function buildTrainingGraph(config: DecoderConfig, options: TrainingGraphOptions): OnnxModel {
  const { batch, length, dtype = 'float32', fused = false } = options;
  const size = batch * length;
  const { outputRows = size } = options;
  for (const [name, value] of Object.entries({ batch, length, outputRows }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new SakeError(
        'invalid-option',
        `buildTrainingGraph: expected a positive integer for ${name}, got ${value}`,
      );
  if (outputRows > size)
    throw new SakeError(
      'invalid-option',
      `buildTrainingGraph: expected at most batch · length = ${size} for outputRows, got ${outputRows}`,
    );
  const windowed = config.family === 'llama' ? config.slidingWindow?.layers.length : undefined;
  if (windowed !== undefined && windowed !== config.layers)
    throw new SakeError(
      'unsupported',
      `buildTrainingGraph: expected a sliding window in all ${config.layers} layers or none, got one in ${windowed}`,
    );
  const type = dtype === 'float64' ? DataType.DOUBLE : DataType.FLOAT;
  const builder = new GraphBuilder(`${config.family}_training`);
  const { hiddenSize } = config;
  const embeds = builder.input('inputs_embeds', type, [batch, length, hiddenSize]);
  const attentionBias = builder.input('attention_bias', type, [batch, 1, length, length]);
  const rotary = isRotary(config) ? rotaryTablesIn(builder, config, [batch, length], type) : {};
  const kept = options.outputRows === undefined ? {} : keptRows(builder, outputRows);
  const weights = new Set(trainingWeights(config).map(({ name, shape }) => builder.input(name, type, shape)));

  const ops: DecoderOps = {
    builder,
    type,
    norm: fused ? fusedNorm(true) : primitiveNorm,
    attentionBias: () => attentionBias,
    ...rotary,
    ...kept,
    ...trainingOps(builder, config, { batch, length, fused, type, weights }),
  };
  const flat = builder.node('Reshape', [embeds, builder.int64s([size, hiddenSize])]);
  decoderBlocks(ops, config, flat);
  builder.output(LAST_HIDDEN_STATE, type, [outputRows, hiddenSize]);
  return builder.build({ opset: OPSET, domains: fused ? { 'com.microsoft': 1 } : {} });
}

/** The weights that a training graph takes: all but the tables of tokens and positions and the head. */
export function trainingWeights(config: DecoderConfig): WeightSpec[] {
  const outside = new Set([embeddingName(config), POSITION_TABLE, headName(config), HEAD_BIAS]);
  return decoderWeights(config).filter(({ name }) => !outside.has(name));
}

function keptRows(builder: GraphBuilder, count: number): Pick<DecoderOps, 'keepRows'> {
  const rows = builder.input('output_rows', DataType.INT64, [count]);
  return { keepRows: (x) => builder.node('Gather', [x, rows]) };
}

function rotaryTablesIn(
  builder: GraphBuilder,
  config: RotaryDecoderConfig,
  rows: readonly number[],
  type: DataType,
): Pick<DecoderOps, 'rotary'> {
  const dims = [...rows, config.headDim];
  const cos = builder.input('rope_cos', type, dims);
  const sin = builder.input('rope_sin', type, dims);
  return { rotary: rotaryInputs(builder, { cos, sin }, config, type) };
}

/** Operations on [batch · length, width], so that every projection is one Gemm. */
function trainingOps(
  builder: GraphBuilder,
  config: DecoderConfig,
  graph: { batch: number; length: number; fused: boolean; type: DataType; weights: ReadonlySet<string> },
): Pick<DecoderOps, 'vector' | 'linear' | 'splitHeads' | 'mergeHeads' | 'scores' | 'remember'> {
  const { batch, length, fused, type, weights } = graph;
  const { heads, headDim } = config;
  const reshape = (x: string, dims: readonly number[]): string =>
    builder.node('Reshape', [x, builder.int64s(dims)]);
  return {
    vector: (name) => name,
    linear: (x, name) => {
      const bias = weights.has(`${name}.bias`) ? [`${name}.bias`] : [];
      const transB = int(matrixOrder(config) === 'in-out' ? 0 : 1);
      return builder.node('Gemm', [x, `${name}.weight`, ...bias], { attributes: { transB } });
    },
    splitHeads: (x, count) => swapHeads(builder, reshape(x, [batch, length, count, headDim])),
    mergeHeads: (x) => reshape(swapHeads(builder, x), [batch * length, heads * headDim]),
    scores: (queries, keys, scale) =>
      fused ? fusedScores(builder, queries, keys, scale) : plainScores(builder, queries, keys, scale, type),
    remember: (_, keys, values) => [keys, values],
  };
}
