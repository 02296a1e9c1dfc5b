import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensors, SakeError, writeSafetensors, type SafetensorsFile } from '@sakejs/spec';
import { writeFileAtomic } from '@sakejs/terminal';
import { z } from 'zod';

const stateSchema = z.object({
  /** Counts from 1. */
  stage: z.number().int().positive(),
  /** Optimiser steps done in the stage. */
  step: z.number().int().nonnegative(),
  /** First corpus document that no step has used. */
  nextDocument: z.number().int().nonnegative(),
  /** First long document that no step has used. */
  nextLongDocument: z.number().int().nonnegative(),
  /** Non-padding tokens trained on. */
  tokens: z.number().int().nonnegative(),
  /** Wall-clock seconds spent in training, over all runs. */
  seconds: z.number().nonnegative(),
  /** Exponential mean of the loss; NaN before the first step, which JSON writes as null. */
  loss: z
    .number()
    .nullable()
    .transform((loss) => loss ?? Number.NaN),
  /** SHA-256 of configuration up to the stage, tokenizer and data: a checkpoint only continues what it began. */
  fingerprint: z.string(),
  /** Of a run that was told to restart: SHA-256 of the model's `training.json` that it sets aside, or `none`. */
  setAside: z.string().optional(),
});

export type TrainingState = z.infer<typeof stateSchema>;

export interface Checkpoint {
  readonly state: TrainingState;
  readonly parameters: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

const FILE = 'checkpoint.safetensors';

/** Keeps a checkpoint in `directory`, replacing the one before atomically. */
export function saveCheckpoint(directory: string, { state, parameters, m, v }: Checkpoint): void {
  mkdirSync(directory, { recursive: true });
  const tensor = (data: Float32Array): { dtype: 'F32'; shape: number[]; data: Float32Array } => ({
    dtype: 'F32',
    shape: [data.length],
    data,
  });
  writeFileAtomic(
    join(directory, FILE),
    writeSafetensors({
      tensors: { parameters: tensor(parameters), m: tensor(m), v: tensor(v) },
      metadata: { state: JSON.stringify(state) },
    }),
  );
}

/**
 * The checkpoint in `directory`, or undefined when there is none.
 *
 * @param fingerprintOf what a checkpoint of each stage must have as its fingerprint.
 * @param parameterCount how many values each of its tensors must have.
 * @throws {SakeError} `invalid-file` naming the file when it is broken, or was begun with another configuration.
 */
export function loadCheckpoint(
  directory: string,
  fingerprintOf: (stage: number) => string,
  parameterCount: number,
): Checkpoint | undefined {
  const path = join(directory, FILE);
  if (!existsSync(path)) return undefined;
  const fail = (what: string, cause?: unknown): never => {
    throw new SakeError('invalid-file', `loadCheckpoint: ${path}: expected ${what}`, {
      details: { file: path },
      cause,
    });
  };
  let file: SafetensorsFile;
  let stored: unknown;
  try {
    file = readSafetensors(readFileSync(path));
    stored = JSON.parse(file.metadata.state ?? 'null');
  } catch (cause) {
    return fail(`a whole checkpoint, got ${(cause as Error).message}; remove it to begin again`, cause);
  }
  const parsed = stateSchema.safeParse(stored);
  if (!parsed.success) return fail(`a training state, got ${z.prettifyError(parsed.error)}`, parsed.error);
  if (parsed.data.fingerprint !== fingerprintOf(parsed.data.stage))
    fail('a checkpoint of this configuration, got one of another; use another --run folder or remove it');
  const read = (name: string): Float32Array => {
    const data = file.tensors[name]?.data;
    return data instanceof Float32Array && data.length === parameterCount
      ? data
      : fail(`${parameterCount} float32 values of '${name}', got ${data?.length ?? 'none'}`);
  };
  return { state: parsed.data, parameters: read('parameters'), m: read('m'), v: read('v') };
}
