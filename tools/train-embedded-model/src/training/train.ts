import { decoderWeights } from '@sakejs/onnx';
import { createRandom, SakeError, throwIfAborted } from '@sakejs/spec';
import { chooseLossRows, type LossRows } from '../corpus/choose-loss-rows.js';
import { createCorpus, type Corpus } from '../corpus/create-corpus.js';
import type { TrainingData } from '../corpus/training-data.js';
import { packBatch, type PackedBatch } from '../corpus/pack-batch.js';
import { adamwStep, gradientNorm } from './adamw.js';
import { loadCheckpoint, saveCheckpoint, type TrainingState } from './checkpoint.js';
import { fingerprintOf } from './fingerprint.js';
import { modelConfig } from './model-config.js';
import { createParameterSet, initialiseParameters, type ParameterSet } from './parameters.js';
import { learningRateAt } from './schedule.js';
import type { Stage, TrainingConfig } from './training-config.js';
import { createTrainingStep, type TrainingStep } from './training-step.js';

/** What a run reports after every step. */
export interface TrainingProgress extends TrainingState {
  readonly totalSteps: number;
  readonly learningRate: number;
  readonly gradientNorm: number;
  /** Non-padding tokens a second in this process. */
  readonly tokensPerSecond: number;
  /** Answers in this process that found no room among the loss rows. */
  readonly answersLeftOut: number;
}

/** Where a stage begins. */
export interface StageStart extends Pick<
  TrainingState,
  'stage' | 'nextDocument' | 'nextLongDocument' | 'tokens' | 'seconds' | 'loss' | 'setAside'
> {
  /** All weights in the order of the parameters; random ones of the configuration's seed when absent. */
  readonly weights?: Float32Array;
}

/** The beginning of a run: stage 1, random weights, the first document. */
export const runStart: StageStart = {
  stage: 1,
  nextDocument: 0,
  nextLongDocument: 0,
  tokens: 0,
  seconds: 0,
  loss: Number.NaN,
};

export interface TrainOptions {
  readonly config: TrainingConfig;
  readonly data: TrainingData;
  /** Folder of the checkpoint. */
  readonly directory: string;
  /** Begin this stage, in place of what the checkpoint holds. Default: continue it, or {@link runStart} without one. */
  readonly start?: StageStart;
  /** Default 2. */
  readonly threads?: number;
  /** Seconds between checkpoints; 0 writes one after every step. Default 120. */
  readonly checkpointSeconds?: number;
  /** Stop after this step of the stage with a checkpoint. Default: the last. */
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

/**
 * Trains one stage to its last step: the one that the checkpoint in `directory` is in, or the one of `start`.
 *
 * A step takes one packed batch, of long rows every `longEvery`-th step, and the loss of its chosen rows; gradients
 * are clipped to a norm, then AdamW with a warmed-up cosine rate. Every batch is a pure function of the step before,
 * so a run that was killed and resumed gives bitwise the weights of one that was not. On abort a checkpoint is
 * written first.
 *
 * @throws {SakeError} `aborted`, `invalid-file` for a checkpoint of another configuration, and `numerical` when a
 *   gradient is not finite; the last checkpoint stays as it was.
 */
export async function train(options: TrainOptions): Promise<TrainedModel> {
  const { config, data, directory, threads = 2, checkpointSeconds = 120, signal, onStep } = options;
  const { optimisation } = config;
  const model = modelConfig(config);
  const parameters = createParameterSet(decoderWeights(model));
  const moments = {
    m: new Float32Array(parameters.flat.length),
    v: new Float32Array(parameters.flat.length),
  };
  const fingerprint = (stage: number): string => fingerprintOf(config, data.fingerprint, stage);
  const found = loadCheckpoint(directory, fingerprint, parameters.flat.length);
  const checkpoint = options.start ? undefined : found;
  const { weights, ...start } = options.start ?? runStart;
  let state: TrainingState = checkpoint?.state ?? {
    ...start,
    step: 0,
    fingerprint: fingerprint(start.stage),
  };
  if (checkpoint) {
    parameters.flat.set(checkpoint.parameters);
    moments.m.set(checkpoint.m);
    moments.v.set(checkpoint.v);
  } else if (weights) parameters.flat.set(weights);
  else
    initialiseParameters(parameters, {
      seed: config.seed,
      layers: model.layers,
      deviation: config.model.initialDeviation,
    });
  const stage = config.stages[state.stage - 1];
  if (!stage)
    throw new SakeError(
      'invalid-option',
      `train: expected a stage from 1 to ${config.stages.length}, got ${state.stage}`,
    );
  const stageData = { ...data, corpus: stageCorpus(data, stage) };
  const totalSteps = stage.steps;
  const lastStep = Math.min(options.untilStep ?? totalSteps, totalSteps);
  const { clipNorm, longEvery = 0 } = optimisation;
  const gradients = new Float32Array(parameters.flat.length);
  const createStep = (rows: RowShape): Promise<TrainingStep> =>
    createTrainingStep(model, parameters, { ...rows, threads, gradients });
  const [short, long] = rowShapes(config);
  await using shortStep = await createStep(short);
  await using longStep = long && (await createStep(long));
  let answersLeftOut = 0;
  const save = (): void => saveCheckpoint(directory, { state, parameters: parameters.flat, ...moments });

  let saved = performance.now();
  const begun = { at: performance.now(), tokens: state.tokens };
  while (state.step < lastStep) {
    if (signal?.aborted) save();
    throwIfAborted(signal, 'train');
    const started = performance.now();
    const isLong = longStep !== undefined && (state.step + 1) % longEvery === 0;
    const { packed, chosen } = packStep(config, stageData, state, isLong);
    answersLeftOut += chosen?.answersLeftOut ?? 0;
    const loss = await (isLong ? longStep : shortStep).run(packed, chosen);
    const norm = gradientNorm(gradients);
    if (!Number.isFinite(norm))
      throw new SakeError(
        'numerical',
        `train: expected a finite gradient at step ${state.step + 1}, got a norm of ${norm} at loss ${loss}; lower peakLearningRate or clipNorm`,
        { details: { step: state.step + 1, loss } },
      );
    const learningRate = learningRateAt(state.step, {
      peak: stage.peakLearningRate,
      floor: stage.floor,
      warmupSteps: stage.warmupSteps,
      totalSteps,
    });
    const scale = norm > clipNorm ? clipNorm / norm : 1;
    adamwStep(
      parameters.flat,
      gradients,
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
      [isLong ? 'nextLongDocument' : 'nextDocument']: packed.nextDocument,
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
      answersLeftOut,
    });
    if (now - saved > checkpointSeconds * 1000) {
      save();
      saved = now;
    }
  }
  save();
  return { parameters, state };
}

interface RowShape {
  readonly batch: number;
  readonly length: number;
  readonly lossRows?: number;
}

/** Shapes of ordinary and of long steps, the latter undefined when there are none. */
function rowShapes({ optimisation }: TrainingConfig): [RowShape, RowShape | undefined] {
  const { batch, length, lossRows, longEvery, longBatch, longLength } = optimisation;
  const shape = (rows: number, tokens: number): RowShape => ({
    batch: rows,
    length: tokens,
    ...(lossRows !== undefined && lossRows < rows * tokens ? { lossRows } : {}),
  });
  return [shape(batch, length), longEvery ? shape(longBatch!, longLength!) : undefined];
}

/** The corpus in a stage's own shares and lengths, where it has any. */
function stageCorpus({ dataset, corpus }: TrainingData, { plan, longFront }: Stage): Corpus {
  if (plan === undefined && longFront === undefined) return corpus;
  return createCorpus(dataset, {
    ...(plan === undefined ? {} : { plan }),
    ...(longFront === undefined ? {} : { longFront }),
  });
}

/** The batch of the next step and the rows of its loss, undefined for all. */
function packStep(
  config: TrainingConfig,
  { corpus, encoder }: TrainingData,
  { nextDocument, nextLongDocument }: TrainingState,
  isLong: boolean,
): { packed: PackedBatch; chosen: LossRows | undefined } {
  const [short, long] = rowShapes(config);
  const { lossRows, ...shape } = isLong ? long! : short;
  const stream = isLong ? { document: (index: number) => corpus.longDocument(index) } : corpus;
  const first = isLong ? nextLongDocument : nextDocument;
  const packed = packBatch(stream, first, { encoder, ...shape, textWeight: config.data.textWeight });
  if (lossRows === undefined) return { packed, chosen: undefined };
  const random = createRandom(`${config.seed}/loss rows/${isLong ? 'long' : 'short'}/${first}`);
  return { packed, chosen: chooseLossRows(packed, { count: lossRows, random }) };
}
