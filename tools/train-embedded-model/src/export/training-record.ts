import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SakeError } from '@sakejs/spec';
import { z } from 'zod';
import { trainingConfigSchema } from '../training/training-config.js';

const whole = z.number().int().nonnegative();

/** What a model folder's `training.json` says: how it was trained and where the next stage begins. */
export const trainingRecordSchema = z
  .strictObject({
    config: trainingConfigSchema,
    /** Fingerprint of the training data. */
    data: z.string(),
    /** SHA-256 of `onnx/model.onnx`. */
    weights: z.string(),
    /** The stage that the model comes from, from 1. */
    stage: z.number().int().positive(),
    stages: z.number().int().positive(),
    /** Steps done in the stage. */
    step: whole,
    nextDocument: whole,
    nextLongDocument: whole,
    tokens: whole,
    seconds: z.number().nonnegative(),
    /** Null before the first step. */
    loss: z.number().nullable(),
  })
  .refine(({ config, stage }) => stage <= config.stages.length, {
    path: ['stage'],
    message: 'must be one of the configuration',
  });

export type TrainingRecord = z.infer<typeof trainingRecordSchema>;

export const RECORD_FILE = 'training.json';
export const MODEL_FILE = join('onnx', 'model.onnx');

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Hash of a model folder's `training.json`, whatever it says; undefined when there is none. */
export function recordHash(folder: string): string | undefined {
  const file = join(folder, RECORD_FILE);
  return existsSync(file) ? sha256(readFileSync(file)) : undefined;
}

/**
 * The record of a model folder, or undefined when there is none.
 *
 * @throws {SakeError} `invalid-file` naming what is wrong in it.
 */
export function readTrainingRecord(folder: string): TrainingRecord | undefined {
  const file = join(folder, RECORD_FILE);
  if (!existsSync(file)) return undefined;
  const fail = (what: string, cause: unknown): never => {
    throw new SakeError(
      'invalid-file',
      `readTrainingRecord: ${file}: ${what}; use another --out folder, or --restart to train from the beginning`,
      { details: { file }, cause },
    );
  };
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    return fail('expected JSON, got other text', cause);
  }
  const parsed = trainingRecordSchema.safeParse(value);
  if (!parsed.success) return fail(z.prettifyError(parsed.error), parsed.error);
  return parsed.data;
}
