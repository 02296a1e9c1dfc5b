import { copyFile, cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TINY_VOCABULARY } from './byte-tokenizer.js';
import { tinyGpt2, tinyLlama, writeRandomModel } from './random-model.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The folder of optimum's export of the small Qwen2. */
export const qwen2: string = path('./fixtures/qwen2-optimum');

/** A folder below `root` with another exporter's graph of the same checkpoint. */
export async function exportedBelow(root: string, file: string): Promise<string> {
  const folder = join(root, file.replaceAll('/', '-'));
  await mkdir(folder, { recursive: true });
  for (const name of ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json'])
    await copyFile(join(qwen2, name), join(folder, name));
  const from = path(`../../onnx/test/fixtures/${file}`);
  if (file.endsWith('.onnx')) await copyFile(from, join(folder, 'model.onnx'));
  else await cp(from, folder, { recursive: true });
  return folder;
}

const pytorch: Readonly<Record<'gpt2' | 'llama', Readonly<Record<string, unknown>>>> = {
  gpt2: { ...tinyGpt2, n_embd: 16, n_positions: 32 },
  llama: { ...tinyLlama, hidden_size: 16, max_position_embeddings: 32, tie_word_embeddings: false },
};

/** A folder below `root` with a decoder that was written in PyTorch and exported by TorchScript, norms in primitive operators. */
export async function pytorchBelow(root: string, family: keyof typeof pytorch): Promise<string> {
  const folder = await writeRandomModel(join(root, `pytorch-${family}`), pytorch[family]);
  await copyFile(
    path(`../../onnx/test/fixtures/${family}-torchscript.onnx`),
    join(folder, 'onnx', 'model.onnx'),
  );
  return folder;
}

/** Attention and MLP side by side: both are added to one stream. */
export const tinyGptJ: Readonly<Record<string, unknown>> = {
  model_type: 'gptj',
  ...{ vocab_size: TINY_VOCABULARY, n_embd: 32, n_layer: 3, n_head: 4, n_positions: 64, rotary_dim: 4 },
  ...{ activation_function: 'gelu_new', tie_word_embeddings: false },
};
