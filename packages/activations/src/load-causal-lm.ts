import { SakeError, type CausalLM, type ModelInfo } from '@sakejs/spec';
import { aboutFile } from './about-file.js';
import { CHAT_TEMPLATE, readChatTemplate } from './chat-format.js';
import { createCausalLM } from './create-causal-lm.js';
import { isWithPast, type GraphChoice } from './graph-files.js';
import { onnxruntimeVersion, type Device } from './graph-session.js';
import { readModelFolder, readTokenizerFiles } from './model-folder.js';
import { createModelGradients } from './model-gradients.js';
import { createModelTracing } from './model-tracing.js';
import { openModel, readStart } from './open-model.js';
import { createTokenizer, transformersVersion } from './tokenizer.js';

export interface LoadOptions extends GraphChoice {
  /** Threads within an operator, pinned. Default 2. */
  readonly threads?: number;
  /**
   * Most tokens, padding included, that one run reads in `capture` and `observe`, and that the texts of a batch can
   * come to have together in `generateBatch`. Default 2048.
   */
  readonly batchTokens?: number;
  /** The name that `info.id` and provenances carry. Default: the folder as it was given. */
  readonly id?: string;
  /** What ONNX Runtime executes the graph on. Default `cpu`. */
  readonly device?: Device;
  /** Names the tensor that the LM head reads, for a graph where it is not found by itself. */
  readonly hiddenTensor?: string;
}

/**
 * Loads a causal language model from a local folder, or from an `.onnx` file in one. Nothing is downloaded and nothing
 * written into the folder.
 *
 * The folder holds `tokenizer.json` and a graph as transformers.js, optimum, `torch.onnx` or onnxruntime-genai lay it out;
 * `dtype` or `file` choose among several, and without them it is the most precise, as `info.runtime.graph` says.
 * `tokenizer_config.json` and `config.json` are read where there are some; a graph in a folder below may have them and the
 * tokenizer beside it. Weights in external data stay where they are.
 *
 * The graph is cut before its LM head, so states are read without computing logits.
 *
 * @throws {SakeError} `not-found` naming a missing file, `invalid-file`, `unsupported` for a graph whose head or
 * inputs are not recognised or a device that the runtime lacks, `invalid-option`.
 */
export async function loadCausalLM(folder: string, options: LoadOptions = {}): Promise<CausalLM> {
  const { threads = 2, batchTokens = 2048, id = folder, device = 'cpu', hiddenTensor } = options;
  if (!Number.isInteger(batchTokens) || batchTokens < 1)
    throw new SakeError('invalid-option', `loadCausalLM: expected batchTokens >= 1, got ${batchTokens}`);
  const files = await readModelFolder(folder, options);
  const tokenizerFiles = await readTokenizerFiles(files.places);
  const chatTemplate = await readChatTemplate(files.places);
  const tokenizer = await aboutFile('loadCausalLM', tokenizerFiles.file, () =>
    createTokenizer(
      tokenizerFiles.json,
      tokenizerFiles.config,
      chatTemplate && new TextDecoder().decode(chatTemplate),
    ),
  );
  // What a conversation reads as is part of the model.
  const beside = { ...tokenizerFiles.bytes, ...(chatTemplate && { [CHAT_TEMPLATE]: chatTemplate }) };
  const opening = { threads, device, hiddenTensor };
  const { decoder, changed, keySizes, config, sha256 } = await openModel(files, beside, opening);
  const info: ModelInfo = {
    id,
    sha256,
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
      device,
      graph: files.graphs.file,
      // Results depend on it as they do on the graph.
      ...(hiddenTensor !== undefined && { hiddenTensor }),
    },
  };
  const { endOfText } = tokenizer;
  const eosTokens =
    config.eosTokens.size === 0 && endOfText !== undefined ? new Set([endOfText]) : config.eosTokens;
  // Where rows change each other, each is read by itself.
  const together = decoder.mixesRows ? 1 : batchTokens;
  const source = {
    ...{ decoder, config, threads, device, hiddenTensor },
    stepwise: isWithPast(files.graphs.file),
  };
  const gradients = createModelGradients({
    source: { ...source, read: () => readStart(files, 'gradients') },
    batchTokens: together,
  });
  const tracing = createModelTracing({
    source: { ...source, read: () => readStart(files, 'tracing') },
    batchTokens: together,
  });
  return createCausalLM({
    ...{ info, decoder, tokenizer, eosTokens, changed, keySizes, gradients, tracing },
    batchTokens: together,
    dispose: async () => {
      await gradients.close();
      await tracing.close();
      await changed[Symbol.asyncDispose]();
      await decoder[Symbol.asyncDispose]();
    },
  });
}
