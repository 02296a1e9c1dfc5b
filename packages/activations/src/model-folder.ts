import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SakeError } from '@sakejs/spec';
import { z } from 'zod';
import { parseModelConfig, type ModelConfig } from './model-config.js';

/** A model's files, read. */
export interface ModelFolder {
  readonly path: string;
  readonly modelFile: string;
  /** The graph with its weights. */
  readonly model: Uint8Array;
  readonly config: ModelConfig;
  readonly tokenizerJson: Readonly<Record<string, unknown>>;
  readonly tokenizerConfig: Readonly<Record<string, unknown>>;
  /** SHA-256 over name, size and bytes of model.onnx, tokenizer.json and tokenizer_config.json, hex. */
  readonly sha256: string;
}

const MODEL_FILES = ['onnx/model.onnx', 'model.onnx'] as const;
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

function digest(files: Readonly<Record<string, Uint8Array>>): string {
  const hash = createHash('sha256');
  for (const [name, bytes] of Object.entries(files)) hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  return hash.digest('hex');
}

/**
 * Reads a folder with config.json, tokenizer.json, tokenizer_config.json and `onnx/model.onnx` or `model.onnx`;
 * generation_config.json where there is one.
 *
 * @throws {SakeError} `not-found` naming what is missing, `invalid-file` for a file that does not parse, `io`.
 */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const path = resolve(folder);
  const entry = await stat(path).catch(() => undefined);
  if (!entry?.isDirectory())
    throw new SakeError('not-found', `loadCausalLM: expected a model folder, got ${folder}, which is none`, {
      details: { folder: path },
    });
  const required = async (names: readonly string[]): Promise<[string, Uint8Array]> => {
    for (const name of names) {
      const bytes = await readOptional(join(path, name));
      if (bytes) return [name, bytes];
    }
    throw new SakeError(
      'not-found',
      `loadCausalLM: expected ${names.join(' or ')} in ${folder}, got no such file`,
      {
        details: { folder: path, missing: names },
      },
    );
  };
  const [, configBytes] = await required(['config.json']);
  const [, tokenizerBytes] = await required(['tokenizer.json']);
  const [, tokenizerConfigBytes] = await required(['tokenizer_config.json']);
  const [modelName, model] = await required(MODEL_FILES);
  const configFile = join(path, 'config.json');
  const generationFile = join(path, 'generation_config.json');
  const generation = await readOptional(generationFile);
  return {
    path,
    modelFile: join(path, modelName),
    model,
    config: parseModelConfig(
      parseJson(configBytes, configFile),
      generation && parseJson(generation, generationFile),
      configFile,
    ),
    tokenizerJson: parseJson(tokenizerBytes, join(path, 'tokenizer.json')),
    tokenizerConfig: parseJson(tokenizerConfigBytes, join(path, 'tokenizer_config.json')),
    sha256: digest({
      'model.onnx': model,
      'tokenizer.json': tokenizerBytes,
      'tokenizer_config.json': tokenizerConfigBytes,
    }),
  };
}
