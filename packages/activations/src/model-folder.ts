import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { SakeError } from '@sakejs/spec';
import { z } from 'zod';
import { readCompanion, type CompanionFile } from './companion-file.js';
import { readGenaiConfig } from './genai-config.js';
import { findGraphFiles, type GraphChoice, type GraphFiles } from './graph-files.js';
import type { StatedConfig } from './model-config.js';

/** What lies beside a model's graph, read. */
export interface ModelFolder {
  /** The folder, absolute. */
  readonly path: string;
  /** Where its companions are looked for, in this order: the folder, and the one that the graph lies in. */
  readonly places: readonly string[];
  readonly graphs: GraphFiles;
  /** The graph's file, absolute. */
  readonly modelFile: string;
  readonly stated: StatedConfig;
}

/** A tokenizer's files. */
export interface TokenizerFiles {
  /** Where `tokenizer.json` was. */
  readonly file: string;
  readonly json: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
  /** Their bytes, by name. */
  readonly bytes: Readonly<Record<string, Uint8Array>>;
}

const jsonObject = z.record(z.string(), z.unknown());

function parseJson({ bytes, file }: CompanionFile): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new SakeError(
      'invalid-file',
      `loadCausalLM: expected ${file} to hold JSON, got ${(cause as Error).message}`,
      { cause },
    );
  }
  const parsed = jsonObject.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SakeError(
    'invalid-file',
    `loadCausalLM: expected ${file} to hold a JSON object, got another value`,
  );
}

/**
 * Chooses a folder's graph (see {@link findGraphFiles}) and reads what describes it: `config.json`,
 * `generation_config.json`, `genai_config.json` and the limit in `tokenizer_config.json`, each where there is one, from
 * the folder itself or, where it lacks one, from beside the graph.
 *
 * @param path a model's folder, or an `.onnx` file in it.
 * @throws {SakeError} `not-found` for a folder without the graph, `invalid-file` for a file that does not parse, `io`.
 */
export async function readModelFolder(path: string, choice: GraphChoice = {}): Promise<ModelFolder> {
  const graphs = await findGraphFiles(path, choice);
  const { root } = graphs;
  const modelFile = join(root, graphs.file);
  const places = [...new Set([root, dirname(modelFile)])];
  const read = (name: string): Promise<CompanionFile | undefined> => readCompanion(places, name);
  const [config, generation, genai, tokenizer] = await Promise.all([
    read('config.json'),
    read('generation_config.json'),
    readGenaiConfig(places),
    read('tokenizer_config.json'),
  ]);
  const limit = tokenizer && parseJson(tokenizer)['model_max_length'];
  return {
    path: root,
    places,
    graphs,
    modelFile,
    stated: {
      file: config?.file ?? join(root, 'config.json'),
      ...(config && { config: parseJson(config) }),
      ...(generation && { generation: parseJson(generation), generationFile: generation.file }),
      ...(genai && { genai }),
      ...(typeof limit === 'number' && { tokenizerLimit: limit }),
    },
  };
}

/**
 * Reads `tokenizer.json` and `tokenizer_config.json`, each from the first of the folders that has it.
 *
 * Without the second its settings are `{}`: `tokenizer.json` alone turns text into tokens and back. Then the end of text is
 * what the model's configs say, and chats need a `chat_template.jinja`.
 *
 * @throws {SakeError} `not-found` where there is no `tokenizer.json`, `invalid-file` for a file that does not parse, `io`.
 */
export async function readTokenizerFiles(places: readonly string[]): Promise<TokenizerFiles> {
  const json = await readCompanion(places, 'tokenizer.json');
  if (json === undefined)
    throw new SakeError(
      'not-found',
      `loadCausalLM: expected tokenizer.json in ${places.join(' or ')}, got no such file; put the model's tokenizer beside its config`,
      { details: { folder: places[0], missing: ['tokenizer.json'] } },
    );
  const config = await readCompanion(places, 'tokenizer_config.json');
  return {
    file: json.file,
    json: parseJson(json),
    config: config ? parseJson(config) : {},
    bytes: { 'tokenizer.json': json.bytes, ...(config && { 'tokenizer_config.json': config.bytes }) },
  };
}

/** A file's name in a hash, and its bytes or where they are. */
export type HashedFile = readonly [name: string, content: Uint8Array | { path: string; size: number }];

/** SHA-256 over name, size and bytes of files, hex; what is not in memory is streamed. */
export async function hashFiles(files: readonly HashedFile[]): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, content] of files) {
    if (content instanceof Uint8Array) hash.update(`${name}\0${content.length}\0`).update(content);
    else {
      hash.update(`${name}\0${content.size}\0`);
      for await (const chunk of createReadStream(content.path, { highWaterMark: 1 << 20 }))
        hash.update(chunk as Uint8Array);
    }
  }
  return hash.digest('hex');
}
