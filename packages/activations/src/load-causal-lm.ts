import { join } from 'node:path';
import {
  isSakeError,
  SakeError,
  type CausalLM,
  type GenerateOptions,
  type Matrix,
  type ModelInfo,
  type Prompt,
} from '@sakejs/spec';
import { captureStates, observeStates, projectStates, type StateReader } from './capture.js';
import { openDecoder } from './decoder-sessions.js';
import { readChatTemplate } from './chat-format.js';
import { generateRows, type BatchGenerationModel } from './generate.js';
import { createGenerationRow } from './generation-row.js';
import { onnxruntimeVersion } from './graph-session.js';
import { readModelFolder } from './model-folder.js';
import { promptTokens } from './prompt-tokens.js';
import { splitDecoder } from './split-decoder.js';
import { createTokenizer, transformersVersion } from './tokenizer.js';

export interface LoadOptions {
  /** Threads within an operator, pinned. Default 2. */
  readonly threads?: number;
  /**
   * Most tokens, padding included, that one run reads in `capture` and `observe`, and that the texts of a batch can
   * come to have together in `generateBatch`. Default 2048.
   */
  readonly batchTokens?: number;
  /** The name that `info.id` and provenances carry. Default: the folder as it was given. */
  readonly id?: string;
}

/**
 * Loads a causal language model from a local folder: `config.json`, `tokenizer.json`, `tokenizer_config.json` and
 * `onnx/model.onnx` or `model.onnx`, as transformers.js and optimum lay them out. Nothing is downloaded.
 *
 * The graph is cut before its LM head, so states are read without computing logits.
 *
 * @throws {SakeError} `not-found` naming a missing file, `invalid-file`, `unsupported` for a graph whose head or
 * inputs are not recognised, `invalid-option`.
 */
export async function loadCausalLM(folder: string, options: LoadOptions = {}): Promise<CausalLM> {
  const { threads = 2, batchTokens = 2048, id = folder } = options;
  if (!Number.isInteger(batchTokens) || batchTokens < 1)
    throw new SakeError('invalid-option', `loadCausalLM: expected batchTokens >= 1, got ${batchTokens}`);
  const files = await readModelFolder(folder);
  const { config } = files;
  const chatTemplate = await readChatTemplate(files.path);
  const tokenizer = await aboutFile(join(files.path, 'tokenizer.json'), () =>
    createTokenizer(files.tokenizerJson, files.tokenizerConfig, chatTemplate),
  );
  const decoder = await aboutFile(files.modelFile, () =>
    openDecoder(splitDecoder(files.model), config, threads),
  );
  const info: ModelInfo = {
    id,
    sha256: files.sha256,
    family: config.family,
    hiddenSize: config.hiddenSize,
    layers: config.layers,
    vocabularySize: decoder.vocabularySize,
    maxPositions: config.maxPositions,
    dtype: decoder.dtype,
    threads,
    runtime: {
      node: process.versions.node,
      onnxruntime: onnxruntimeVersion,
      transformers: await transformersVersion(),
    },
  };
  const reader: StateReader = {
    decoder,
    hiddenSize: config.hiddenSize,
    layers: config.layers,
    batchTokens,
  };
  const { endOfText } = tokenizer;
  const eosTokens =
    config.eosTokens.size === 0 && endOfText !== undefined ? new Set([endOfText]) : config.eosTokens;
  const model: BatchGenerationModel = { ...reader, tokenizer, maxPositions: config.maxPositions, eosTokens };
  const sequences = (prompts: readonly Prompt[], where: string): (readonly number[])[] =>
    prompts.map((prompt, index) => promptTokens(prompt, tokenizer, info, `${where}, prompt ${index}`));
  const openRow = (prompt: Prompt, rowOptions: Omit<GenerateOptions, 'signal'>, where: string) => () =>
    createGenerationRow(model, promptTokens(prompt, tokenizer, info, where), rowOptions);

  return {
    info,
    ...(tokenizer.chat && { chat: tokenizer.chat }),
    encode: (text) => tokenizer.encode(text),
    decode: (tokens) => tokenizer.decode(tokens),
    capture: async (prompts, captureOptions = {}) =>
      captureStates(reader, sequences(prompts, 'capture'), captureOptions),
    observe: async (prompts, observeOptions = {}) =>
      observeStates(reader, sequences(prompts, 'observe'), observeOptions),
    project: async (hidden: Matrix) => projectStates(reader, hidden),
    async *generate(prompt, { signal, ...rowOptions } = {}) {
      yield* generateRows(model, [openRow(prompt, rowOptions, 'generate')], signal)[0]!;
    },
    generateBatch: (requests, { signal } = {}) =>
      generateRows(
        model,
        requests.map(({ prompt, ...rowOptions }, index) =>
          openRow(prompt, rowOptions, `generateBatch, prompt ${index}`),
        ),
        signal,
      ),
    [Symbol.asyncDispose]: () => decoder[Symbol.asyncDispose](),
  };
}

/** Names the file that is being read in whatever is wrong with it. */
async function aboutFile<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!isSakeError(cause) || cause.code === 'invalid-option') throw cause;
    throw new SakeError(cause.code, `loadCausalLM: ${file}: ${cause.message}`, {
      details: { ...cause.details, file },
      cause,
    });
  }
}
