import { createGraphSession, type GraphTensor } from '@sakejs/activations';
import {
  appendCrossEntropyHead,
  buildTrainingGraph,
  differentiate,
  encodeModel,
  type LlamaConfig,
} from '@sakejs/onnx';
import type { PackedBatch } from '../corpus/pack-batch.js';
import type { ParameterSet } from './parameters.js';

/** Forward and backward pass of one batch on ONNX Runtime. */
export interface TrainingStep {
  /** Gradients of the last batch in the order of the parameters, [parameters]. */
  readonly gradients: Float32Array;
  /** The batch's loss, natural log per weighted token. */
  run(batch: PackedBatch): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface TrainingStepOptions {
  readonly batch: number;
  readonly length: number;
  readonly threads?: number;
}

const EMBEDDING = 'model.embed_tokens.weight';
const MASKED = -1e9;
