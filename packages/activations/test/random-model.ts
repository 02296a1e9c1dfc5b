import {
  buildDecoder,
  decoderWeights,
  encodeModel,
  parseDecoderConfig,
  type DecoderOptions,
  type DecoderWeight,
} from '@sakejs/onnx';
import { createRandom } from '@sakejs/spec';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { byteTokenizer, END_OF_TEXT, TINY_VOCABULARY } from './byte-tokenizer.js';

/** `config.json` of a GPT-2 with three blocks of width 32. */
export const tinyGpt2: Record<string, unknown> = {
  model_type: 'gpt2',
  vocab_size: TINY_VOCABULARY,
  n_embd: 32,
  n_layer: 3,
  n_head: 4,
  n_positions: 64,
  activation_function: 'gelu_new',
};

/** `config.json` of a LLaMA with three blocks of width 32 and grouped heads. */
export const tinyLlama: Record<string, unknown> = {
  model_type: 'llama',
  vocab_size: TINY_VOCABULARY,
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 64,
  hidden_act: 'silu',
  rms_norm_eps: 1e-6,
  tie_word_embeddings: true,
};

/**
 * Writes a model folder with seeded random weights and the byte-level tokenizer: matrices N(0, 2 / inputs), so that
 * every block changes the stream; norms and biases near 1 and 0.
 */
export async function writeRandomModel(
  folder: string,
  config: Readonly<Record<string, unknown>>,
  options: DecoderOptions = {},
): Promise<string> {
  const random = createRandom('random model');
  const decoder = parseDecoderConfig(config);
  const weights = new Map<string, DecoderWeight>();
  for (const { name, shape, role } of decoderWeights(decoder)) {
    const spread = { embedding: 1, projection: 1.4, 'output-projection': 1.4, scale: 0.1, bias: 0.1 }[role];
    const inputs = role.endsWith('projection') ? Math.min(...shape) : 1;
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    const mean = role === 'scale' ? 1 : 0;
    for (let index = 0; index < data.length; index++)
      data[index] = mean + (spread / Math.sqrt(inputs)) * random.normal();
    weights.set(name, { shape, data });
  }
  const tokenizer = byteTokenizer();
  const write = (name: string, value: unknown): Promise<void> =>
    writeFile(join(folder, name), JSON.stringify(value));
  await mkdir(join(folder, 'onnx'), { recursive: true });
  await Promise.all([
    write('config.json', config),
    write('generation_config.json', { eos_token_id: END_OF_TEXT }),
    write('tokenizer.json', tokenizer.json),
    write('tokenizer_config.json', tokenizer.config),
    writeFile(join(folder, 'onnx', 'model.onnx'), encodeModel(buildDecoder(decoder, weights, options))),
  ]);
  return folder;
}
