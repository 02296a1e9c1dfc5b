import {
  layerAccess,
  matrix,
  modelGradients,
  SakeError,
  type CausalLM,
  type LossOptions,
  type LossSequence,
  type Matrix,
} from '@sakejs/spec';

/** A loss at one change of an MLP weight. */
export interface WeightLossValue {
  /** In nats. */
  readonly loss: number;
  /** Each term without its weight, sequence by sequence. */
  readonly terms: Float64Array;
  /** Gradient of the loss by the change, [keySize, d]. */
  readonly gradient: Matrix<Float64Array>;
}

/** A loss as a function of a change D [keySize, d] of one block's MLP down-projection, y = k (W + D). */
export interface MlpWeightLoss {
  readonly keySize: number;
  readonly hiddenSize: number;
  /** @throws {SakeError} `shape-mismatch`, `aborted`. */
  evaluate(change: Matrix, options?: { readonly signal?: AbortSignal }): Promise<WeightLossValue>;
}

/**
 * Prepares a loss of predictions to be differentiated by one MLP weight, as fine-tuning of that matrix alone wants it.
 *
 * The keys do not depend on the weight, so they are captured once; a change adds k D to the stream at every position, and
 * the gradient is Σ kᵢ gᵢᵀ over positions. Cost of a step: one pass forward and back over the blocks above, and
 * 2 · positions · keySize · d multiplications.
 *
 * @param sequences what counts; their `sites` are not asked for.
 * @throws {SakeError} as `captureKeys` and `streamLoss`; `unsupported` for a model that offers neither.
 */
export async function mlpWeightLoss(
  lm: CausalLM,
  sequences: readonly Omit<LossSequence, 'sites'>[],
  { layer, signal }: LossOptions,
): Promise<MlpWeightLoss> {
  const cancel = signal === undefined ? {} : { signal };
  const everywhere = sequences.map((sequence) => ({ ...sequence, sites: [...sequence.tokens.keys()] }));
  const stream = await modelGradients(lm, 'mlpWeightLoss').streamLoss(everywhere, { layer, ...cancel });
  const prompts = sequences.map(({ tokens }) => tokens);
  const captured = await layerAccess(lm, 'mlpWeightLoss').captureKeys(prompts, {
    ...{ layers: [layer], positions: 'all' as const },
    ...cancel,
  });
  const keys = captured.get(layer)!; // [positions, keySize]
  const d = lm.info.hiddenSize;
  return {
    keySize: keys.cols,
    hiddenSize: d,
    async evaluate(change, options = {}) {
      if (change.rows !== keys.cols || change.cols !== d)
        throw new SakeError(
          'shape-mismatch',
          `evaluate: expected a change of shape [${keys.cols}, ${d}], got [${change.rows}, ${change.cols}]`,
        );
      const { loss, terms, gradient } = await stream.evaluate(through(keys, change), options);
      return { loss, terms, gradient: outer(keys, gradient) };
    },
  };
}

/** K D, [positions, d] */
function through(keys: Matrix, change: Matrix): Matrix<Float32Array> {
  const d = change.cols;
  const sum = new Float64Array(keys.rows * d);
  for (let row = 0; row < keys.rows; row++)
    for (let i = 0; i < keys.cols; i++) {
      const k = keys.data[row * keys.cols + i]!;
      if (k === 0) continue;
      for (let j = 0; j < d; j++) sum[row * d + j]! += k * change.data[i * d + j]!;
    }
  return matrix(keys.rows, d, Float32Array.from(sum));
}

/** Kᵀ G, [keySize, d] */
function outer(keys: Matrix, rows: Matrix): Matrix<Float64Array> {
  const d = rows.cols;
  const sum = new Float64Array(keys.cols * d);
  for (let row = 0; row < keys.rows; row++) {
    // Most positions have no gradient: those behind the last that counts.
    const at = row * d;
    if (rows.data.subarray(at, at + d).every((g) => g === 0)) continue;
    for (let i = 0; i < keys.cols; i++) {
      const k = keys.data[row * keys.cols + i]!;
      if (k === 0) continue;
      for (let j = 0; j < d; j++) sum[i * d + j]! += k * rows.data[at + j]!;
    }
  }
  return matrix(keys.cols, d, sum);
}
