import { SakeError } from '@sakejs/spec';
import { GraphBuilder, type Dimension } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { decoderBlocks, LAST_HIDDEN_STATE, residualName } from './blocks.js';
import type { DecoderConfig } from './config.js';
import { GraphWeights } from './graph-weights.js';
import { inferenceOps } from './inference-ops.js';
import { fusedNorm, portableNorm } from './norm.js';
import type { PlannedWeight, WeightStorage } from './planned-weight.js';
import { embeddingName, HEAD_BIAS, POSITION_TABLE } from './weights.js';

/** Settings of {@link planDecoder} and {@link buildDecoder}. */
export interface DecoderOptions {
  /**
   * How matrices are stored. `float32` (default) and `float16` are computed in float32; `int8` and `int4` are read by
   * ONNX Runtime's own operator, and embeddings are then stored in half precision.
   */
  readonly storage?: WeightStorage;
  /** Whether `int8` and `int4` hold for the head too; by default it is stored in half precision. */
  readonly quantizeHead?: boolean;
  /**
   * `primitive` (default): standard operators only. `fused`: RMSNorm as ONNX Runtime's own operator, which that
   * runtime also makes of the primitive form.
   */
  readonly norm?: 'primitive' | 'fused';
  /** Tensors to give as outputs too: `resid_post.<layer>`, `last_hidden_state`. */
  readonly extraOutputs?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A decoder graph whose weights are still to come. */
export interface DecoderPlan {
  /** The graph; each tensor of `weights` is one of its initializers and has neither data nor a place in a file. */
  readonly model: OnnxModel;
  readonly weights: readonly PlannedWeight[];
}

const OPSET = 18;
const BATCH = 'batch_size';
const LENGTH = 'sequence_length';
const PAST = 'past_sequence_length';
const TOTAL = 'past_sequence_length + sequence_length';

/**
 * Builds a decoder graph without its weights, as {@link buildDecoder} does with them.
 *
 * For weights that are not all in memory: go through `weights`, give each of its tensors a place (`rawData`, or
 * `externalData` and `dataLocation` 1), and write what `encodeRows` makes of the checkpoint's rows there.
 * @throws {SakeError} `not-found` for an unknown extra output.
 */
export function planDecoder(config: DecoderConfig, options: DecoderOptions = {}): DecoderPlan {
  const {
    storage = 'float32',
    quantizeHead = false,
    norm = 'primitive',
    extraOutputs = [],
    metadata,
  } = options;
  const { layers, kvHeads, headDim, hiddenSize } = config;
  const builder = new GraphBuilder(`${config.family}_decoder`);
  const weights = new GraphWeights(builder, config, { storage, quantizeHead });
  const cacheDims = (length: string): Dimension[] => [BATCH, kvHeads, length, headDim];
  const past = (layer: number, part: string): string =>
    builder.input(`past_key_values.${layer}.${part}`, DataType.FLOAT, cacheDims(PAST));

  const inputs = {
    ids: builder.input('input_ids', DataType.INT64, [BATCH, LENGTH]),
    mask: builder.input('attention_mask', DataType.INT64, [BATCH, TOTAL]),
    positions: builder.input('position_ids', DataType.INT64, [BATCH, LENGTH]),
    pasts: Array.from({ length: layers }, (_, layer) => [past(layer, 'key'), past(layer, 'value')] as const),
  };
  const embedded = embed(builder, config, weights, inputs);
  const ops = inferenceOps(
    builder,
    config,
    weights,
    norm === 'fused' ? fusedNorm(false) : portableNorm,
    inputs,
  );
  const hidden = decoderBlocks(ops, config, embedded);
  if (weights.has(HEAD_BIAS)) {
    const product = weights.head(hidden, builder.unique('logits_without_bias'));
    builder.node('Add', [product, weights.vector(HEAD_BIAS)], { outputs: ['logits'] });
  } else weights.head(hidden, 'logits');

  builder.output('logits', DataType.FLOAT, [BATCH, LENGTH, config.vocabularySize]);
  for (let layer = 0; layer < layers; layer++)
    for (const part of ['key', 'value'])
      builder.output(`present.${layer}.${part}`, DataType.FLOAT, cacheDims(TOTAL));
  for (const name of extraOutputs) {
    requireTap(config, name);
    builder.output(name, DataType.FLOAT, [BATCH, LENGTH, hiddenSize]);
  }
  const model = builder.build({
    opset: OPSET,
    ...(weights.bits === undefined ? {} : { domains: { 'com.microsoft': 1 } }),
    ...(metadata === undefined ? {} : { metadata }),
  });
  return { model, weights: weights.planned };
}

/** Token embeddings, plus those of positions in GPT-2: [batch, length, hiddenSize]. */
function embed(
  builder: GraphBuilder,
  config: DecoderConfig,
  weights: GraphWeights,
  inputs: { ids: string; positions: string },
): string {
  const tokens = weights.rows(embeddingName(config), inputs.ids);
  return config.family === 'gpt2'
    ? builder.node('Add', [tokens, weights.rows(POSITION_TABLE, inputs.positions)])
    : tokens;
}

function requireTap(config: DecoderConfig, name: string): void {
  const names = [
    ...Array.from({ length: config.layers }, (_, layer) => residualName(layer)),
    LAST_HIDDEN_STATE,
  ];
  if (!names.includes(name))
    throw new SakeError(
      'not-found',
      `buildDecoder: expected extra outputs among ${names.join(', ')}, got "${name}"`,
    );
}
