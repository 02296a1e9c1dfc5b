import { isSakeError } from '@sakejs/spec';
import { readTrainingRecord, recordHash, type TrainingRecord } from '../export/training-record.js';
import type { TrainingState } from '../training/checkpoint.js';
import { isOwnModel, nextWork, type NextWork, type TrainingOrigin } from '../training/next-work.js';

export interface PlanRunOptions extends TrainingOrigin {
  readonly checkpoint: TrainingState | undefined;
  /** Model folder of the output. */
  readonly folder: string;
  /** Begin at stage 1 whatever the folder holds. */
  readonly restart: boolean;
}

export interface RunPlan extends NextWork {
  /** The model that the run sets aside, as its checkpoints note. */
  readonly setAside?: string | undefined;
}

/**
 * What a run does first, as {@link nextWork} without the model that a restart has set aside.
 *
 * A restart that was interrupted goes on when it is asked for again: its checkpoints say that they are of one.
 *
 * @throws {SakeError} as {@link nextWork}, and `invalid-file` for a damaged record, unless restarting.
 */
export function planRun({ restart, folder, checkpoint, ...origin }: PlanRunOptions): RunPlan {
  const hash = recordHash(folder);
  const anew: RunPlan = { kind: 'begin', stage: 1, setAside: hash ?? 'none' };
  const setAside = checkpoint?.setAside;
  if (restart && setAside === undefined) return anew;
  const model =
    hash === setAside ? undefined : restart ? ownModel(origin, folder) : readTrainingRecord(folder);
  const work = nextWork({ ...origin, checkpoint, model });
  return restart && work.kind === 'done' ? anew : { ...work, setAside };
}

/** The record of the folder's model if it is one of this configuration. */
function ownModel(origin: TrainingOrigin, folder: string): TrainingRecord | undefined {
  try {
    const model = readTrainingRecord(folder);
    return model && isOwnModel(origin, model) ? model : undefined;
  } catch (error) {
    if (isSakeError(error) && error.code === 'invalid-file') return undefined;
    throw error;
  }
}
