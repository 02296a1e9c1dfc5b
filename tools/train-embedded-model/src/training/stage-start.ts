import { decoderWeights } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import type { TrainingData } from '../corpus/training-data.js';
import { readWeights } from '../export/read-weights.js';
import { readTrainingRecord } from '../export/training-record.js';
import { modelConfig } from './model-config.js';
import { requireOwnModel } from './next-work.js';
import { createParameterSet } from './parameters.js';
import { runStart, type StageStart } from './train.js';
import type { TrainingConfig } from './training-config.js';

export interface StageStartOptions {
  readonly config: TrainingConfig;
  readonly data: TrainingData;
  /** Counts from 1. */
  readonly stage: number;
  /** Model folder with what the stage before exported. */
  readonly folder: string;
}

/**
 * Where a stage begins: for the first one random weights, for another the exported, float16 weights and the counters
 * of the stage before, so that it begins the same in any process and on any machine that has the model.
 *
 * @throws {SakeError} `not-found` without a model, `already-exists` for one of another configuration or that is not
 *   the end of the stage before, and as {@link readWeights}.
 */
export function stageStart({ config, data, stage, folder }: StageStartOptions): StageStart {
  if (stage === 1) return runStart;
  const record = readTrainingRecord(folder);
  if (!record)
    throw new SakeError(
      'not-found',
      `stageStart: expected the model of stage ${stage - 1} in ${folder}, got none; train that stage first`,
    );
  requireOwnModel({ config, data: data.fingerprint }, record);
  const { steps } = config.stages[record.stage - 1]!;
  if (record.stage !== stage - 1 || record.step !== steps)
    throw new SakeError(
      'already-exists',
      `stageStart: expected in ${folder} the model at the end of stage ${stage - 1}, got one at step ${record.step} of ${steps} in stage ${record.stage}`,
      { details: { folder } },
    );
  const parameters = createParameterSet(decoderWeights(modelConfig(config)));
  readWeights(folder, record, parameters);
  const { nextDocument, nextLongDocument, tokens, seconds, loss } = record;
  return {
    stage,
    weights: parameters.flat,
    nextDocument,
    nextLongDocument,
    tokens,
    seconds,
    loss: loss ?? Number.NaN,
  };
}
