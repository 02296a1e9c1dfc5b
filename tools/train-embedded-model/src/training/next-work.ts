import { SakeError } from '@sakejs/spec';
import type { TrainingRecord } from '../export/training-record.js';
import type { TrainingState } from './checkpoint.js';
import { fingerprintOf } from './fingerprint.js';
import type { TrainingConfig } from './training-config.js';

/** What a model must have been trained with. */
export interface TrainingOrigin {
  readonly config: TrainingConfig;
  /** Fingerprint of the training data. */
  readonly data: string;
}

/** What a run finds when it starts. */
export interface RunSituation extends TrainingOrigin {
  /** State of the checkpoint, which is one of this configuration. */
  readonly checkpoint?: TrainingState | undefined;
  /** Record of the model in the output folder. */
  readonly model?: TrainingRecord | undefined;
}

/** What a run does next: the checkpoint's stage goes on, a stage begins, or all are done. */
export interface NextWork {
  readonly kind: 'continue' | 'begin' | 'done';
  readonly stage: number;
}

const REMEDY = 'use --out for another folder or --restart to train from the beginning';

/** Whether a model was trained with this configuration, up to the model's stage, and these data. */
export function isOwnModel({ config, data }: TrainingOrigin, model: TrainingRecord): boolean {
  const { stage } = model;
  return (
    stage <= config.stages.length &&
    fingerprintOf(config, data, stage) === fingerprintOf(model.config, model.data, stage)
  );
}

/** @throws {SakeError} `already-exists` when it was not. */
export function requireOwnModel(origin: TrainingOrigin, model: TrainingRecord): void {
  if (isOwnModel(origin, model)) return;
  throw new SakeError(
    'already-exists',
    `train: expected a model of the configuration '${origin.config.name}' and its data in the output folder, got one of another ('${model.config.name}'); ${REMEDY}`,
  );
}

/**
 * What to do next: the checkpoint goes on when it is ahead of the model; otherwise the stage after the model's begins.
 *
 * @throws {SakeError} `already-exists` when the model is one of another configuration, or stands within a stage that no
 *   checkpoint continues.
 */
export function nextWork(situation: RunSituation): NextWork {
  const { config, checkpoint, model } = situation;
  if (model === undefined)
    return checkpoint ? { kind: 'continue', stage: checkpoint.stage } : { kind: 'begin', stage: 1 };
  requireOwnModel(situation, model);
  const { stage, step } = model;
  const { steps } = config.stages[stage - 1]!;
  const finished = step === steps ? stage : stage - 1;
  if (checkpoint && checkpoint.stage > finished) return { kind: 'continue', stage: checkpoint.stage };
  if (step !== steps)
    throw new SakeError(
      'already-exists',
      `train: expected the model at the end of a stage, got one at step ${step} of ${steps} in stage ${stage}; ${REMEDY}`,
    );
  return finished === config.stages.length
    ? { kind: 'done', stage: finished }
    : { kind: 'begin', stage: finished + 1 };
}
