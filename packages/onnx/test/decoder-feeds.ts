import type { DecoderConfig, Gpt2Config, GptJConfig, LlamaConfig } from '../src/index.js';
import { doubles, int64s, type RefTensor } from '../src/reference/index.js';

export const gpt2: Gpt2Config = {
  family: 'gpt2',
  hiddenSize: 12,
  layers: 2,
  heads: 3,
  kvHeads: 3,
  headDim: 4,
  intermediateSize: 20,
  vocabularySize: 17,
  maxPositions: 16,
  normEpsilon: 1e-5,
  activation: 'gelu_new',
  tieWordEmbeddings: true,
};

export const gptj: GptJConfig = {
  family: 'gptj',
  hiddenSize: 12,
  layers: 2,
  heads: 2,
  kvHeads: 2,
  headDim: 6,
  intermediateSize: 20,
  vocabularySize: 17,
  maxPositions: 16,
  normEpsilon: 1e-5,
  activation: 'gelu_new',
  tieWordEmbeddings: false,
  ropeTheta: 10_000,
  rotaryDim: 4,
};

export const llama: LlamaConfig = {
  family: 'llama',
  hiddenSize: 12,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 6,
  intermediateSize: 20,
  vocabularySize: 17,
  maxPositions: 16,
  normEpsilon: 1e-6,
  activation: 'silu',
  tieWordEmbeddings: false,
  ropeTheta: 10_000,
  qkvBias: false,
  attentionOutputBias: false,
  mlpBias: false,
};

export interface Batch {
  ids: readonly (readonly number[])[];
  /** All ones by default, over past and present. */
  mask?: readonly (readonly number[])[];
  /** Counted from the past's length by default. */
  positions?: readonly (readonly number[])[];
  /** Outputs of an earlier run whose `present` becomes the past. */
  earlier?: Readonly<Record<string, RefTensor>>;
}

/** Feeds of a decoder with a cache. */
export function decoderFeeds(config: DecoderConfig, batch: Batch): Record<string, RefTensor> {
  const { ids, earlier } = batch;
  const length = ids[0]!.length;
  const past = earlier?.['present.0.key']!.dims[2] ?? 0;
  const mask = batch.mask ?? ids.map(() => new Array<number>(past + length).fill(1));
  const positions = batch.positions ?? ids.map((row) => row.map((_, i) => past + i));
  const empty = doubles([ids.length, config.kvHeads, 0, config.headDim], []);
  const feeds: Record<string, RefTensor> = {
    input_ids: int64s([ids.length, length], ids.flat()),
    attention_mask: int64s([ids.length, past + length], mask.flat()),
    position_ids: int64s([ids.length, length], positions.flat()),
  };
  for (let layer = 0; layer < config.layers; layer++)
    for (const part of ['key', 'value'])
      feeds[`past_key_values.${layer}.${part}`] = earlier?.[`present.${layer}.${part}`] ?? empty;
  return feeds;
}

/** Row `index` of the second-last axis onwards: values [length, width] of one sequence in a batch. */
export function sequence(tensor: RefTensor, index: number): number[][] {
  const [length, width] = tensor.dims.slice(-2) as [number, number];
  return Array.from({ length }, (_, t) =>
    Array.from(tensor.data.slice((index * length + t) * width, (index * length + t + 1) * width), Number),
  );
}

/** Largest difference between two tables of equal shape, relative to the largest value. */
export function difference(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  if (a.length !== b.length || a.some((row, i) => row.length !== b[i]!.length)) return NaN;
  const scale = Math.max(...b.flat().map(Math.abs));
  return Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i]![j]!)))) / scale;
}
