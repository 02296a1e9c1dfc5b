import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEditLibrary, createSteeredLM } from '@sakejs/editor';
import {
  DataType,
  decodeModel,
  encodeModel,
  findDecoder,
  makeTensor,
  plainDecoder,
  type DecoderOptions,
  type OnnxModel,
} from '@sakejs/onnx';
import type { CausalLM } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../src/load-model.js';
import { createMethod } from '../src/methods.js';
import { temporaryFolder } from './temporary-folder.js';
import { QUESTION, word, wordEdit, writeWordModel, writeWordTokenizer } from './word-models.js';

const exported = (name: string): string =>
  fileURLToPath(new URL(`../../onnx/test/fixtures/${name}`, import.meta.url));
const beside = (name: string): string =>
  fileURLToPath(new URL(`../../activations/test/fixtures/${name}`, import.meta.url));

const gpt = { vocab_size: 320, n_embd: 48, n_layer: 2, n_head: 4, n_positions: 128 };
const llama = {
  vocab_size: 320,
  hidden_size: 48,
  intermediate_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 128,
  rms_norm_eps: 1e-6,
};
const configs = {
  gpt2: { model_type: 'gpt2', ...gpt },
  gptj: { model_type: 'gptj', ...gpt, rotary_dim: 8 },
  llama: { model_type: 'llama', ...llama },
  llama3: {
    model_type: 'llama',
    ...llama,
    rope_theta: 500_000,
    rope_scaling: {
      rope_type: 'llama3',
      factor: 8,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 32,
    },
  },
  mistral: { model_type: 'mistral', ...llama, sliding_window: 8 },
  qwen2: { model_type: 'qwen2', ...llama, tie_word_embeddings: true },
  qwen3: { model_type: 'qwen3', ...llama, head_dim: 16 },
};

/**
 * Models know nothing and follow no instruction: what random weights say behind a steering context hangs on all of it.
 * So the objects are such that the edited model begins with their first word; which ones are was found by trying.
 */
type Case = readonly [
  family: keyof typeof configs,
  storage: NonNullable<DecoderOptions['storage']>,
  /** What the model says. */
  before: number,
  /** The new object's words; the first is what the edited model shall say. */
  object: readonly number[],
];

const families: readonly Case[] = [
  ['gpt2', 'float32', 134, [96]],
  ['gpt2', 'float16', 134, [96]],
  ['gpt2', 'int8', 134, [96]],
  ['gpt2', 'int4', 134, [242]],
  ['gptj', 'float32', 122, [50, 286, 160]],
  ['gptj', 'float16', 122, [50, 286, 160]],
  ['gptj', 'int8', 122, [50, 286, 160]],
  ['gptj', 'int4', 122, [50, 286, 160]],
  ['llama', 'float32', 84, [262, 150]],
  ['llama', 'float16', 84, [262, 150]],
  ['llama', 'int8', 84, [262, 150]],
  ['llama', 'int4', 84, [262, 150]],
  ['llama3', 'float32', 84, [128, 150]],
  ['llama3', 'float16', 84, [128, 150]],
  ['llama3', 'int8', 84, [128, 150]],
  ['llama3', 'int4', 84, [128, 150]],
  ['mistral', 'float32', 84, [303, 286, 160]],
  ['mistral', 'float16', 84, [303, 286, 160]],
  ['mistral', 'int8', 84, [303, 286, 160]],
  ['mistral', 'int4', 84, [21, 150]],
  ['qwen2', 'float32', 18, [239, 209]],
  ['qwen2', 'float16', 18, [239, 209]],
  ['qwen2', 'int8', 18, [31, 209]],
  ['qwen2', 'int4', 182, [18]],
  ['qwen3', 'float32', 43, [206]],
  ['qwen3', 'float16', 43, [206]],
  ['qwen3', 'int8', 43, [206]],
  ['qwen3', 'int4', 8, [206]],
];

/** The next token, greedily. */
async function answer(lm: Pick<CausalLM, 'generate'>): Promise<number> {
  for await (const { token } of lm.generate(QUESTION, { maxTokens: 1 })) return token;
  throw new Error('expected a token, got none');
}

/** Learns an edit, and holds that it changes the answer to its object and that nothing of it is left once removed. */
async function expectEdited(folder: string, before: number, object: readonly number[]): Promise<void> {
  await using lm = await loadModel(folder, { threads: 1 });
  const { request, prompts } = wordEdit(word(before), object.map(word).join(' '));
  const edit = await createMethod('sake-paper', lm.info).learn(request, { lm, prompts });
  const library = createEditLibrary();
  const steered = createSteeredLM(lm, library);
  const asked = prompts.prompts.slice(0, 4);
  const untouched = await steered.respond(asked);
  expect(await answer(steered)).toBe(before);

  await library.add(edit);
  const [steeredFirst] = await steered.respond(asked);
  expect(steeredFirst!.edit).toBe(edit.id);
  expect(await answer(steered)).toBe(object[0]);

  await library.remove(edit.id);
  // Bitwise: equal numbers, not close ones.
  expect(await steered.respond(asked)).toEqual(untouched);
  expect(await answer(steered)).toBe(before);
}

describe('an edit learned on each family', { timeout: 120_000 }, () => {
  it.each(families)(
    'changes the answer, and removed leaves logits bitwise as before: %s in %s',
    async (family, storage, before, object) => {
      const folder = await writeWordModel(temporaryFolder(), configs[family], { storage });
      await expectEdited(folder, before, object);
    },
  );
});

const read = async (name: string): Promise<OnnxModel> => decodeModel(await readFile(exported(name)));

/** A graph that gives the logits of the last position only. */
function lastTokenOnly(model: OnnxModel): OnnxModel {
  const { head } = findDecoder(model);
  const [hidden = '', weight = ''] = head.node.inputs;
  const { graph } = model;
  const constants = [
    makeTensor('last_start', [1], [-1], DataType.INT64),
    makeTensor('last_end', [1], [2 ** 31], DataType.INT64),
    makeTensor('last_axis', [1], [1], DataType.INT64),
  ];
  const cut = {
    opType: 'Slice',
    domain: '',
    name: 'last_position',
    inputs: [hidden, ...constants.map(({ name }) => name)],
    outputs: ['last_hidden'],
    attributes: [],
  };
  const nodes = graph.nodes.flatMap((node) =>
    node === head.node ? [cut, { ...node, inputs: ['last_hidden', weight] }] : [node],
  );
  return { ...model, graph: { ...graph, nodes, initializers: [...graph.initializers, ...constants] } };
}

/** Writes a graph of the exporters' checkpoint under the name of its precision. */
const inPrecision = (dtype: string) => (folder: string) =>
  copyFile(exported(`qwen2-${dtype}.onnx`), join(folder, 'onnx', `model_${dtype}.onnx`));

/** Writes what onnxruntime-genai's builder wrote. */
const genai = (from: string) => async (folder: string) => {
  for (const file of ['model.onnx', 'model.onnx.data'])
    await copyFile(exported(`${from}/${file}`), join(folder, file));
  await copyFile(beside('qwen2-external/genai_config.json'), join(folder, 'genai_config.json'));
};

/** One checkpoint as exporters lay it out: what is written, what it says, and what it is asked to say. */
const layouts: readonly {
  readonly name: string;
  readonly write: (folder: string) => Promise<unknown>;
  /** 301 unless said: in 4 bits the model is another one. */
  readonly before?: number;
  readonly object: readonly number[];
}[] = [
  {
    name: 'one graph with a cache',
    write: (folder) => copyFile(exported('qwen2-optimum.onnx'), join(folder, 'model.onnx')),
    object: [290],
  },
  {
    name: 'merged decoder',
    write: (folder) =>
      copyFile(exported('qwen2-merged.onnx'), join(folder, 'onnx', 'decoder_model_merged.onnx')),
    object: [290],
  },
  {
    name: 'pair of decoders',
    write: async (folder) => {
      const model = await read('qwen2-merged.onnx');
      for (const [file, useCache] of [
        ['decoder_model.onnx', false],
        ['decoder_with_past_model.onnx', true],
      ] as const)
        await writeFile(join(folder, file), encodeModel(plainDecoder(model, { useCache })));
    },
    object: [290],
  },
  {
    name: 'logits of the last token only',
    write: async (folder) =>
      writeFile(join(folder, 'model.onnx'), encodeModel(lastTokenOnly(await read('qwen2-optimum.onnx')))),
    object: [290],
  },
  {
    name: 'int8',
    write: inPrecision('int8'),
    object: [290],
  },
  { name: 'fp16', write: inPrecision('fp16'), object: [290] },
  { name: 'q4', write: inPrecision('q4'), before: 260, object: [73] },
  { name: 'q4f16', write: inPrecision('q4f16'), before: 260, object: [73] },
  { name: 'bnb4', write: inPrecision('bnb4'), before: 53, object: [33, 209] },
  { name: 'onnxruntime-genai, GroupQueryAttention', write: genai('qwen2-genai'), object: [290] },
  { name: 'onnxruntime-genai of May 2025', write: genai('qwen2-genai-2025-05'), object: [290] },
  {
    name: 'onnxruntime-genai, MatMulNBits',
    write: genai('qwen2-genai-int4'),
    before: 260,
    object: [73],
  },
  {
    name: 'merged decoder, int8',
    write: (folder) =>
      copyFile(
        exported('qwen2-merged-quantized.onnx'),
        join(folder, 'onnx', 'decoder_model_merged_quantized.onnx'),
      ),
    object: [290],
  },
  {
    name: 'pair of decoders, int8',
    write: async (folder) => {
      for (const file of ['decoder_model_quantized.onnx', 'decoder_with_past_model_quantized.onnx'])
        await copyFile(beside(`qwen2-legacy-quantized/${file}`), join(folder, 'onnx', file));
    },
    object: [290],
  },
];

describe('an edit learned on each layout', { timeout: 120_000 }, () => {
  it.each(layouts)(
    'changes the answer, and removed leaves logits bitwise as before: $name',
    async ({ write, before = 301, object }) => {
      const folder = temporaryFolder();
      await mkdir(join(folder, 'onnx'));
      await writeWordTokenizer(folder);
      await write(folder);
      await expectEdited(folder, before, object);
    },
  );
});
