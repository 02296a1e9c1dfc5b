import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SakeError } from '@sakejs/spec';
import { z } from 'zod';
import { readGenaiConfig } from './genai-config.js';
import { findGraphFiles, type GraphChoice, type GraphFiles } from './graph-files.js';
import type { StatedConfig } from './model-config.js';

/** What lies beside a model's graph, read. */
export interface ModelFolder {
  /** The folder, absolute. */
  readonly path: string;
  readonly graphs: GraphFiles;
  /** The graph's file, absolute. */
  readonly modelFile: string;
  readonly stated: StatedConfig;
}

/** A tokenizer's files. */
export interface TokenizerFiles {
  readonly json: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
  /** Their bytes, by name. */
  readonly bytes: Readonly<Record<string, Uint8Array>>;
}

const jsonObject = z.record(z.string(), z.unknown());

function isMissing(cause: unknown): boolean {
  const code = (cause as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

async function readOptional(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new SakeError('io', `loadCausalLM: cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}

function parseJson(bytes: Uint8Array, file: string): Readonly<Record<string, unknown>> {
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

async function readOptionalJson(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const bytes = await readOptional(file);
  return bytes && parseJson(bytes, file);
}

/**
 * Chooses a folder's graph (see {@link findGraphFiles}) and reads what describes it: `config.json`,
 * `generation_config.json`, `genai_config.json` and the limit in `tokenizer_config.json`, each where there is one.
 *
 * @param path a model's folder, or an `.onnx` file in it.
 * @throws {SakeError} `not-found` for a folder without the graph, `invalid-file` for a file that does not parse, `io`.
 */
export async function readModelFolder(path: string, choice: GraphChoice = {}): Promise<ModelFolder> {
  const graphs = await findGraphFiles(path, choice);
  const { root } = graphs;
  const file = join(root, 'config.json');
  const [config, generation, genai, tokenizer] = await Promise.all([
    readOptionalJson(file),
    readOptionalJson(join(root, 'generation_config.json')),
    readGenaiConfig(root),
    readOptionalJson(join(root, 'tokenizer_config.json')),
  ]);
  const limit = tokenizer?.['model_max_length'];
  return {
    path: root,
    graphs,
    modelFile: join(root, graphs.file),
    stated: {
      file,
      ...(config && { config }),
      ...(generation && { generation }),
      ...(genai && { genai }),
      ...(typeof limit === 'number' && { tokenizerLimit: limit }),
    },
  };
}

/**
 * Reads `tokenizer.json` and `tokenizer_config.json`.
 *
 * @throws {SakeError} `not-found` naming what is missing, `invalid-file` for a file that does not parse, `io`.
 */
export async function readTokenizerFiles(root: string): Promise<TokenizerFiles> {
  const bytes: Record<string, Uint8Array> = {};
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
    const read = await readOptional(join(root, name));
    if (read === undefined)
      throw new SakeError(
        'not-found',
        `loadCausalLM: expected ${name} in ${root}, got no such file; put the model's tokenizer files beside its config`,
        { details: { folder: root, missing: [name] } },
      );
    bytes[name] = read;
  }
  const parsed = (name: string): Readonly<Record<string, unknown>> =>
    parseJson(bytes[name]!, join(root, name));
  return { json: parsed('tokenizer.json'), config: parsed('tokenizer_config.json'), bytes };
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
