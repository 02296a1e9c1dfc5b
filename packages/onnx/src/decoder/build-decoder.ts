import { SakeError } from '@sakejs/spec';
import { ints } from '../attributes.js';
import { GraphBuilder, type Dimension } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { decoderBlocks, LAST_HIDDEN_STATE, residualName } from './blocks.js';
import type { DecoderConfig } from './config.js';
import { inferenceOps } from './inference-ops.js';
import { fusedNorm, portableNorm } from './norm.js';
import { StoredWeights, type DecoderWeight, type WeightStorage } from './stored-weights.js';
import { embeddingName, headName, POSITION_TABLE } from './weights.js';

/** Settings of {@link buildDecoder}. */
export interface DecoderOptions {
  /** How matrices are stored; computation is in float32 either way. `float32` by default. */
  readonly storage?: WeightStorage;
  /**
   * `primitive` (default): standard operators only. `fused`: RMSNorm as ONNX Runtime's own operator, which that
   * runtime also makes of the primitive form.
   */
  readonly norm?: 'primitive' | 'fused';
  /** Tensors to give as outputs too: `resid_post.<layer>`, `last_hidden_state`. */
  readonly extraOutputs?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
}

const OPSET = 18;
const BATCH = 'batch_size';
const LENGTH = 'sequence_length';
const PAST = 'past_sequence_length';
const TOTAL = 'past_sequence_length + sequence_length';

/**
 * Builds a decoder graph with a key-value cache, in the layout that exporters agree on.
 *
 * Inputs (int64): `input_ids` [batch, length], `attention_mask` [batch, past + length], 1 for real tokens,
 * `position_ids` [batch, length]; float32 `past_key_values.N.key|value` [batch, kvHeads, past, headDim], past may be 0.
 * Outputs: `logits` [batch, length, vocabularySize], `present.N.key|value`. Padding may lie on either side.
 * The residual stream after block N is the tensor `resid_post.N`, the head's input `last_hidden_state`.
 * Matrices of LLaMA checkpoints are stored transposed, [in, out], as `<name>_transposed`.
 *
 * @throws {SakeError} `not-found` for a missing weight or extra output, `shape-mismatch` for a weight of another shape,
 *   `invalid-input` for a weight beyond the range of its storage.
 */
export function buildDecoder(
  config: DecoderConfig,
  weights: ReadonlyMap<string, DecoderWeight>,
  options: DecoderOptions = {},
): OnnxModel {
  const { storage = 'float32', norm = 'primitive', extraOutputs = [], metadata } = options;
  const { layers, kvHeads, headDim, hiddenSize } = config;
  const builder = new GraphBuilder(`${config.family}_decoder`);
  const stored = new StoredWeights(builder, config, weights, storage);
  const cacheDims = (length: string): Dimension[] => [BATCH, kvHeads, length, headDim];
  const past = (layer: number, part: string): string =>
    builder.input(`past_key_values.${layer}.${part}`, DataType.FLOAT, cacheDims(PAST));

  const inputs = {
    ids: builder.input('input_ids', DataType.INT64, [BATCH, LENGTH]),
    mask: builder.input('attention_mask', DataType.INT64, [BATCH, TOTAL]),
    positions: builder.input('position_ids', DataType.INT64, [BATCH, LENGTH]),
    pasts: Array.from({ length: layers }, (_, layer) => [past(layer, 'key'), past(layer, 'value')] as const),
  };
  const embedded = embed(builder, config, stored, inputs);
  const ops = inferenceOps(
    builder,
    config,
    stored,
    norm === 'fused' ? fusedNorm(false) : portableNorm,
    inputs,
  );
  const hidden = decoderBlocks(ops, config, embedded);
  builder.node('MatMul', [hidden, headMatrix(builder, config, stored)], {
    name: 'lm_head.MatMul',
    outputs: ['logits'],
  });

  builder.output('logits', DataType.FLOAT, [BATCH, LENGTH, config.vocabularySize]);
  for (let layer = 0; layer < layers; layer++)
    for (const part of ['key', 'value'])
      builder.output(`present.${layer}.${part}`, DataType.FLOAT, cacheDims(TOTAL));
  for (const name of extraOutputs) {
    requireTap(config, name);
    builder.output(name, DataType.FLOAT, [BATCH, LENGTH, hiddenSize]);
  }
  return builder.build({ opset: OPSET, ...(metadata === undefined ? {} : { metadata }) });
}

/** Token embeddings, plus those of positions in GPT-2: [batch, length, hiddenSize]. */
function embed(
  builder: GraphBuilder,
  config: DecoderConfig,
  stored: StoredWeights,
  inputs: { ids: string; positions: string },
): string {
  const rows = (table: string, indices: string): string =>
    stored.widen(builder.node('Gather', [stored.stored(table), indices]));
  const tokens = rows(embeddingName(config), inputs.ids);
  return config.family === 'gpt2'
    ? builder.node('Add', [tokens, rows(POSITION_TABLE, inputs.positions)])
    : tokens;
}

/** [hiddenSize, vocabularySize] */
function headMatrix(builder: GraphBuilder, config: DecoderConfig, stored: StoredWeights): string {
  if (!config.tieWordEmbeddings) return stored.transposed(headName(config));
  return builder.node('Transpose', [stored.float32(headName(config))], {
    attributes: { perm: ints([1, 0]) },
  });
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
