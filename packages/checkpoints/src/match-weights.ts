import { decoderWeights, type DecoderConfig, type PlannedWeight } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import type { Checkpoint, CheckpointTensor } from './open-checkpoint.js';
import { isWeightDtype } from './widen-values.js';

/** A weight that the graph needs and the checkpoint's tensor that holds it. */
export interface MatchedWeight {
  readonly planned: PlannedWeight;
  readonly tensor: CheckpointTensor;
}

/** Buffers that libraries once saved with the weights: masks and tables that the graph has itself. */
const BUFFERS =
  /(^|\.)(attn\.(masked_)?bias|rotary_emb\.(inv_freq|cos_cached|sin_cached)|attn\.embed_positions|position_ids)$/;

/**
 * Finds each weight's tensor, under its full name or without its first part, as the bare model is saved.
 *
 * @throws {SakeError} `not-found` for a weight that is missing, `shape-mismatch`, `unsupported` for tensors of other
 *   types or that the decoder has no use for; each names the file and the tensor.
 */
export function matchWeights(
  checkpoint: Checkpoint,
  config: DecoderConfig,
  weights: readonly PlannedWeight[],
): MatchedWeight[] {
  const matched = weights.map((planned) => ({ planned, tensor: find(checkpoint, planned) }));
  refuseUnused(checkpoint, config, new Set(matched.map(({ tensor }) => tensor.name)));
  return matched;
}

function find(checkpoint: Checkpoint, { name, shape }: PlannedWeight): CheckpointTensor {
  const tensor = checkpoint.tensors.get(name) ?? checkpoint.tensors.get(bare(name));
  if (tensor === undefined)
    throw new SakeError(
      'not-found',
      `convertCheckpoint: expected the tensor "${name}" in ${checkpoint.folder}, got none of that name; does config.json belong to these weights?`,
      { details: { tensor: name, shape, folder: checkpoint.folder } },
    );
  const { file, dtype } = tensor;
  if (tensor.shape.length !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis]))
    throw new SakeError(
      'shape-mismatch',
      `convertCheckpoint: expected the tensor "${tensor.name}" of shape [${shape.join(', ')}] in ${file}, as config.json says, got [${tensor.shape.join(', ')}]`,
      { details: { tensor: tensor.name, file, expected: shape, got: tensor.shape } },
    );
  if (!isWeightDtype(dtype))
    throw new SakeError(
      'unsupported',
      `convertCheckpoint: expected F64, F32, F16 or BF16 for the tensor "${tensor.name}" in ${file}, got ${dtype}; quantized checkpoints are not read`,
      { details: { tensor: tensor.name, file } },
    );
  return tensor;
}

/** A weight without a place in the graph means that the graph would compute something else. */
function refuseUnused(checkpoint: Checkpoint, config: DecoderConfig, used: ReadonlySet<string>): void {
  const tied = config.tieWordEmbeddings ? 'lm_head.weight' : undefined;
  for (const { name, file } of checkpoint.tensors.values())
    if (!used.has(name) && name !== tied && !BUFFERS.test(name)) {
      const known = decoderWeights(config).map((spec) => spec.name);
      const twice = known.some((full) => name === bare(full) || name === full);
      throw new SakeError(
        'unsupported',
        `convertCheckpoint: expected only tensors that ${String(checkpoint.config['model_type'])} has, got "${name}" in ${file}` +
          (twice ? ', which is there under two names' : '; a field of config.json may be missing or wrong'),
        { details: { tensor: name, file } },
      );
    }
}

function bare(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}
