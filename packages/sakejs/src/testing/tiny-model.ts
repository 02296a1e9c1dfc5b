import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  buildDecoder,
  decoderWeights,
  encodeModel,
  parseDecoderConfig,
  type DecoderWeight,
} from '@sakejs/onnx';
import { createRandom } from '@sakejs/spec';
import { tinyTokenizer } from './tiny-tokenizer.js';

export interface TinyModelOptions {
  /** A multiple of 8. Default 16. */
  readonly hiddenSize?: number;
  readonly seed?: number;
}

/**
 * Writes the folder of a LLaMA-shaped model with random weights and a byte-level tokenizer, for tests: two blocks,
 * 1024 positions, about 100 kB. It knows nothing, so edits of it need `targets: 'all'`.
 *
 * @returns `folder`, for `loadModel(folder)`.
 */
export async function writeTinyModel(folder: string, options: TinyModelOptions = {}): Promise<string> {
  const { hiddenSize = 16, seed = 0 } = options;
  const tokenizer = tinyTokenizer();
  const config = {
    model_type: 'llama',
    vocab_size: tokenizer.vocabularySize,
    hidden_size: hiddenSize,
    intermediate_size: 2 * hiddenSize,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 2,
    max_position_embeddings: 1024,
    hidden_act: 'silu',
    rms_norm_eps: 1e-6,
    tie_word_embeddings: true,
  };
  const decoder = parseDecoderConfig(config);
  const random = createRandom(`tiny model ${seed}`);
  const weights = new Map<string, DecoderWeight>(
    decoderWeights(decoder).map(({ name, shape, role }) => {
      const spread = role.endsWith('projection') ? 1.4 / Math.sqrt(Math.min(...shape)) : 1;
      const size = shape.reduce((product, each) => product * each, 1);
      const value = role === 'scale' ? (): number => 1 : (): number => spread * random.normal();
      return [name, { shape, data: Float32Array.from({ length: size }, value) }];
    }),
  );
  await mkdir(join(folder, 'onnx'), { recursive: true });
  const write = (name: string, value: unknown): Promise<void> =>
    writeFile(join(folder, name), JSON.stringify(value));
  await Promise.all([
    write('config.json', config),
    write('generation_config.json', { eos_token_id: tokenizer.endOfText }),
    write('tokenizer.json', tokenizer.json),
    write('tokenizer_config.json', tokenizer.config),
    writeFile(join(folder, 'onnx', 'model.onnx'), encodeModel(buildDecoder(decoder, weights))),
  ]);
  return folder;
}
