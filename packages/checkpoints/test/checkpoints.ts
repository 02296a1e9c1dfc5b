import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGraphSession, type GraphTensor } from '@sakejs/activations';
import {
  buildDecoder,
  DataType,
  decodeModel,
  encodeModel,
  int,
  parseDecoderConfig,
  tensorInfo,
  weightsFromSafetensors,
  type DecoderWeight,
} from '@sakejs/onnx';
import { doubles, evaluate, int64s } from '@sakejs/onnx/reference';
import { readSafetensors, writeSafetensors, type SafetensorsTensor } from '@sakejs/spec';
import { onTestFinished } from 'vitest';

/** An empty folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sake-checkpoints-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const gpt = { vocab_size: 264, n_embd: 48, n_layer: 2, n_head: 4, n_positions: 32, n_inner: 80 };
const llama = {
  model_type: 'llama',
  vocab_size: 264,
  hidden_size: 48,
  intermediate_size: 80,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 32,
};

/** `config.json` of small decoders; widths are no multiples of 32, so that blocks end early. */
export const shapes: Readonly<
  Record<
    'gpt2' | 'gptj' | 'llama' | 'llamaTied' | 'llama3' | 'mistral' | 'qwen2' | 'qwen3',
    Readonly<Record<string, unknown>>
  >
> = {
  gpt2: { model_type: 'gpt2', ...gpt },
  gptj: { model_type: 'gptj', ...gpt, rotary_dim: 8 },
  llama,
  llamaTied: { ...llama, tie_word_embeddings: true },
  llama3: {
    ...llama,
    attention_bias: true,
    mlp_bias: true,
    rope_theta: 100,
    rope_scaling: {
      rope_type: 'llama3',
      factor: 4,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 16,
    },
  },
  mistral: { ...llama, model_type: 'mistral', sliding_window: 3 },
  qwen2: {
    ...llama,
    model_type: 'qwen2',
    tie_word_embeddings: true,
    rope_scaling: { type: 'yarn', factor: 4 },
  },
  qwen3: { ...llama, model_type: 'qwen3', head_dim: 16 },
};

/** Changes the tensors of a checkpoint of one file. */
export function changeTensors(
  folder: string,
  change: (tensors: Record<string, SafetensorsTensor>) => Record<string, SafetensorsTensor>,
): void {
  const file = join(folder, 'model.safetensors');
  const { tensors } = readSafetensors(readFileSync(file));
  writeFileSync(file, writeSafetensors({ tensors: change({ ...tensors }) }));
}

/** A checkpoint's weights, in memory. */
export function weightsOf(folder: string): Map<string, DecoderWeight> {
  return weightsFromSafetensors(readSafetensors(readFileSync(join(folder, 'model.safetensors'))));
}

/** Hidden states and logits of a sequence, each row by row. */
export interface States {
  readonly hidden: ArrayLike<number>;
  readonly logits: ArrayLike<number>;
}

/** What a decoder gives in float64, by the evaluator that plain loops are compared with in @sakejs/onnx. */
export function referenceStates(
  source: Readonly<Record<string, unknown>>,
  weights: ReadonlyMap<string, DecoderWeight>,
  ids: readonly number[],
): States {
  const config = parseDecoderConfig(source);
  const model = buildDecoder(config, weights, { extraOutputs: ['last_hidden_state'] });
  const pasts = model.graph.inputs.slice(3).map(({ name }) => name);
  const outputs = evaluate(model, {
    input_ids: int64s([1, ids.length], ids),
    attention_mask: int64s(
      [1, ids.length],
      ids.map(() => 1),
    ),
    position_ids: int64s(
      [1, ids.length],
      ids.map((_, position) => position),
    ),
    ...Object.fromEntries(pasts.map((name) => [name, doubles([1, config.kvHeads, 0, config.headDim], [])])),
  });
  return { hidden: outputs['last_hidden_state']!.data, logits: outputs['logits']!.data };
}

/** The same by ONNX Runtime, from a model's file; `exact` computes quantized products with float32 activations. */
export async function runtimeStates(
  file: string,
  source: Readonly<Record<string, unknown>>,
  ids: readonly number[],
  exact = false,
): Promise<States> {
  const { kvHeads, headDim } = parseDecoderConfig(source);
  const model = decodeModel(readFileSync(file));
  model.graph.outputs.push(tensorInfo('last_hidden_state', DataType.FLOAT));
  if (exact)
    for (const node of model.graph.nodes)
      for (const [at, { name }] of node.attributes.entries())
        if (name === 'accuracy_level') node.attributes[at] = { name, ...int(0) };
  // Beside the original, where its data file is.
  const copy = `${file}.states.onnx`;
  writeFileSync(copy, encodeModel(model));
  await using session = await createGraphSession(copy, { threads: 1 });
  const longs = (values: readonly number[]): GraphTensor =>
    session.tensor(BigInt64Array.from(values, BigInt), [1, values.length]);
  const feeds: Record<string, GraphTensor> = {
    input_ids: longs(ids),
    attention_mask: longs(ids.map(() => 1)),
    position_ids: longs(ids.map((_, position) => position)),
  };
  for (const { name } of session.inputs.slice(3))
    feeds[name] = session.tensor(new Float32Array(0), [1, kvHeads, 0, headDim]);
  const results = await session.run(feeds, ['last_hidden_state', 'logits']);
  rmSync(copy);
  return {
    hidden: results['last_hidden_state']!.data as Float32Array,
    logits: results['logits']!.data as Float32Array,
  };
}

/** Largest absolute value. */
export function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((top, value) => Math.max(top, Math.abs(value)), 0);
}

/** Largest difference. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return NaN;
  return Array.from(a).reduce((top, value, i) => Math.max(top, Math.abs(value - b[i]!)), 0);
}
