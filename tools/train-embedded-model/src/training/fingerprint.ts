import { createHash } from 'node:crypto';
import type { TrainingConfig } from './training-config.js';

/**
 * What the weights of a stage depend on: configuration up to that stage, data and tokenizer. Later stages may still be
 * changed or added.
 *
 * @param data the training data's own fingerprint.
 * @param stage counts from 1.
 */
export function fingerprintOf(config: TrainingConfig, data: string, stage: number): string {
  const past = { ...config, stages: config.stages.slice(0, stage) };
  return createHash('sha256').update(JSON.stringify(past)).update(data).digest('hex');
}
