import { createHash } from 'node:crypto';
import { decoderWeights } from '@sakejs/onnx';
import { SakeError, throwIfAborted } from '@sakejs/spec';
import type { TrainingData } from '../corpus/training-data.js';
import { packBatch } from '../corpus/pack-batch.js';
import { adamwStep, gradientNorm } from './adamw.js';
import { loadCheckpoint, saveCheckpoint, type TrainingState } from './checkpoint.js';
import { modelConfig } from './model-config.js';
import { createParameterSet, initialiseParameters, type ParameterSet } from './parameters.js';
import { learningRateAt } from './schedule.js';
import type { TrainingConfig } from './training-config.js';
import { createTrainingStep } from './training-step.js';

/** What a run reports after every step. */
export interface TrainingProgress extends TrainingState {
  readonly totalSteps: number;
  readonly learningRate: number;
  readonly gradientNorm: number;
  /** Non-padding tokens a second in this process. */
  readonly tokensPerSecond: number;
}

export interface TrainOptions {
  readonly config: TrainingConfig;
  readonly data: TrainingData;
  /** Folder of the checkpoint. */
  readonly directory: string;
  /** Default 2. */
  readonly threads?: number;
  /** Seconds between checkpoints; 0 writes one after every step. Default 120. */
  readonly checkpointSeconds?: number;
  /** Stop after this step with a checkpoint, for training in stages. Default: the last. */
  readonly untilStep?: number;
  readonly signal?: AbortSignal;
  readonly onStep?: (progress: TrainingProgress) => void;
}

export interface TrainedModel {
  readonly parameters: ParameterSet;
  readonly state: TrainingState;
}

/** Share of the running mean of the loss that one step moves. */
const LOSS_MOMENTUM = 0.02;

/** What a checkpoint belongs to: configuration, data and tokenizer. */
export function fingerprintOf(config: TrainingConfig, data: TrainingData): string {
  return createHash('sha256').update(JSON.stringify(config)).update(data.fingerprint).digest('hex');
}

/**
 * Trains to the configuration's last step, or continues where the checkpoint in `directory` stands.
 *
 * A step takes one packed batch; gradients are clipped to a norm, then AdamW with a warmed-up cosine rate. Every
 * batch is a pure function of the step before, so a run that was killed and resumed gives bitwise the weights
 * of one that was not. On abort a checkpoint is written first.
 *
 * @throws {SakeError} `aborted`, `invalid-file` for a checkpoint of another configuration, and `numerical` when a
 *   gradient is not finite; the last checkpoint stays as it was.
 */
export async function train(options: TrainOptions): Promise<TrainedModel> {
  const { config, data, directory, threads = 2, checkpointSeconds = 120, signal, onStep } = options;
  const { optimisation, seed } = config;
  const model = modelConfig(config);
  const parameters = createParameterSet(decoderWeights(model));
  const moments = {
    m: new Float32Array(parameters.flat.length),
    v: new Float32Array(parameters.flat.length),
  };
  const fingerprint = fingerprintOf(config, data);
  const checkpoint = loadCheckpoint(directory, fingerprint, parameters.flat.length);
  let state: TrainingState = checkpoint?.state ?? {
    step: 0,
    nextDocument: 0,
    tokens: 0,
    seconds: 0,
    loss: Number.NaN,
    fingerprint,
  };
  if (checkpoint) {
    parameters.flat.set(checkpoint.parameters);
    moments.m.set(checkpoint.m);
    moments.v.set(checkpoint.v);
  } else
    initialiseParameters(parameters, {
      seed,
      layers: model.layers,
      deviation: config.model.initialDeviation,
    });
  const totalSteps = optimisation.steps;
  const lastStep = Math.min(options.untilStep ?? totalSteps, totalSteps);
  const { batch, length, clipNorm } = optimisation;
  await using step = await createTrainingStep(model, parameters, { batch, length, threads });
  const save = (): void => saveCheckpoint(directory, { state, parameters: parameters.flat, ...moments });

  let saved = performance.now();
  const begun = { at: performance.now(), tokens: state.tokens };
  while (state.step < lastStep) {
    if (signal?.aborted) save();
    throwIfAborted(signal, 'train');
    const started = performance.now();
    const packed = packBatch(data.corpus, state.nextDocument, {
      encoder: data.encoder,
      batch,
      length,
      textWeight: config.data.textWeight,
    });
    const loss = await step.run(packed);
    const norm = gradientNorm(step.gradients);
    if (!Number.isFinite(norm))
      throw new SakeError(
        'numerical',
        `train: expected a finite gradient at step ${state.step + 1}, got a norm of ${norm} at loss ${loss}; lower peakLearningRate or clipNorm`,
        { details: { step: state.step + 1, loss } },
      );
    const learningRate = learningRateAt(state.step, {
      peak: optimisation.peakLearningRate,
      floor: optimisation.floor,
      warmupSteps: optimisation.warmupSteps,
      totalSteps,
    });
    const scale = norm > clipNorm ? clipNorm / norm : 1;
    adamwStep(
      parameters.flat,
      step.gradients,
      moments,
      parameters.decayed,
      state.step + 1,
      learningRate,
      scale,
      optimisation,
    );
    const now = performance.now();
    state = {
      ...state,
      step: state.step + 1,
      nextDocument: packed.nextDocument,
      tokens: state.tokens + packed.tokenCount,
      seconds: state.seconds + (now - started) / 1000,
      loss: Number.isNaN(state.loss) ? loss : state.loss + LOSS_MOMENTUM * (loss - state.loss),
    };
    onStep?.({
      ...state,
      totalSteps,
      learningRate,
      gradientNorm: norm,
      tokensPerSecond: ((state.tokens - begun.tokens) / (now - begun.at)) * 1000,
    });
    if (now - saved > checkpointSeconds * 1000) {
      save();
      saved = now;
    }
  }
  save();
  return { parameters, state };
}
