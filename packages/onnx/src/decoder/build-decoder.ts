import { SakeError } from '@sakejs/spec';
import type { OnnxModel } from '../ir.js';
import { makeTensor } from '../tensors/make-tensor.js';
import type { DecoderConfig } from './config.js';
import { encodeRows } from './encode-rows.js';
import { planDecoder, type DecoderOptions } from './plan-decoder.js';
import type { PlannedWeight } from './planned-weight.js';
import type { DecoderWeight } from './stored-weights.js';

/**
 * Builds a decoder graph with a key-value cache, in the layout that exporters agree on.
 *
 * Inputs (int64): `input_ids` [batch, length], `attention_mask` [batch, past + length], 1 for real tokens,
 * `position_ids` [batch, length]; float32 `past_key_values.N.key|value` [batch, kvHeads, past, headDim], past may be 0.
 * Outputs: `logits` [batch, length, vocabularySize], `present.N.key|value`. Padding may lie on either side.
 * The residual stream after block N is the tensor `resid_post.N`, the head's input `last_hidden_state`.
 * Matrices of checkpoints that have them as [out, in] are stored transposed, as `<name>_transposed`.
 *
 * @throws {SakeError} `not-found` for a missing weight or extra output, `shape-mismatch` for a weight of another shape,
 *   `invalid-input` for a weight beyond the range of its storage.
 */
export function buildDecoder(
  config: DecoderConfig,
  weights: ReadonlyMap<string, DecoderWeight>,
  options: DecoderOptions = {},
): OnnxModel {
  const plan = planDecoder(config, options);
  for (const planned of plan.weights) fill(planned, find(planned, weights));
  return plan.model;
}

/** Gives a weight's initializers their data. */
function fill(planned: PlannedWeight, { data }: DecoderWeight): void {
  const { name, shape, encoding, tensors } = planned;
  const [first] = tensors;
  // A view on the checkpoint's values where nothing changes them.
  if (encoding.kind === 'dense' && !encoding.transposed)
    first!.rawData = makeTensor(name, shape, data, encoding.dataType).rawData!;
  else for (const { tensor, bytes } of encodeRows(planned, 0, data)) tensors[tensor]!.rawData = bytes;
}

function find({ name, shape }: PlannedWeight, weights: ReadonlyMap<string, DecoderWeight>): DecoderWeight {
  // Checkpoints of the bare model leave the first part of the name out.
  const weight = weights.get(name) ?? weights.get(name.slice(name.indexOf('.') + 1));
  if (weight === undefined)
    throw new SakeError('not-found', `buildDecoder: expected the weight "${name}", got none of that name`, {
      details: { name, shape },
    });
  if (weight.shape.length !== shape.length || weight.shape.some((size, axis) => size !== shape[axis]))
    throw new SakeError(
      'shape-mismatch',
      `buildDecoder: expected the weight "${name}" of shape [${shape.join(', ')}], got [${weight.shape.join(', ')}]`,
      { details: { name, expected: shape, got: weight.shape } },
    );
  return weight;
}
