import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { SakeError } from '@sakejs/spec';
import { readGenaiConfig } from './genai-config.js';

/** Precisions of a folder's graphs, by the ending of their files' names, the most precise first. */
const SUFFIXES = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const;

/** A precision, in transformers.js's words; `q8` stands for files that end in `_quantized`. */
export type GraphDtype = keyof typeof SUFFIXES;

/** Every {@link GraphDtype}. */
export const graphDtypes: readonly GraphDtype[] = Object.keys(SUFFIXES) as GraphDtype[];

/** Which graph of a folder is wanted. */
export interface GraphChoice {
  /** Precision, by the file's name. Default: the most precise there is. */
  readonly dtype?: GraphDtype;
  /** The graph's file, relative to the folder. */
  readonly file?: string;
}

/** The files that make up a model's graph. */
export interface GraphFiles {
  /** The model's folder. */
  readonly root: string;
  /** The graph, relative to the root. */
  readonly file: string;
  /** The graph that goes on from a cache, where `file` starts without one. */
  readonly withPast?: string;
}

/** Whether a file is the half of a pair that goes on from a cache, which exporters trace with one token. */
export function isWithPast(file: string): boolean {
  return basename(file).startsWith('decoder_with_past_model');
}

const STEMS = ['model', 'decoder_model_merged', 'decoder_model', 'decoder_with_past_model'] as const;
const FOLDERS = ['onnx', ''] as const;

function notFound(message: string, details: Record<string, unknown>): SakeError {
  return new SakeError('not-found', `loadCausalLM: ${message}`, { details });
}

/**
 * Chooses the graph of a model's folder, or takes the `.onnx` file that it is given.
 *
 * In order: `file`; what `genai_config.json` names; `model`, `decoder_model_merged`, `decoder_model` with
 * `decoder_with_past_model`, each with the ending of `dtype`, in `onnx/` before the folder itself; the only `.onnx` file
 * there is. Without a dtype the most precise ending that the folder has.
 *
 * @throws {SakeError} `not-found`, listing the graphs that are there; `invalid-option` for an unknown dtype, or a file
 * outside the folder; `invalid-file` where it is genai_config.json that names one outside.
 */
export async function findGraphFiles(path: string, choice: GraphChoice = {}): Promise<GraphFiles> {
  const { dtype, file } = choice;
  if (dtype !== undefined && !graphDtypes.includes(dtype))
    throw new SakeError(
      'invalid-option',
      `loadCausalLM: expected a dtype among ${graphDtypes.join(', ')}, got ${String(dtype)}`,
    );
  const entry = await stat(path).catch(() => undefined);
  if (entry?.isFile() && path.endsWith('.onnx')) return ofFile(resolve(path));
  if (!entry?.isDirectory())
    throw notFound(
      `expected a model folder, got ${path}, which is neither a folder nor an .onnx file` +
        (/^[\w-]+\/[\w.-]+$/.test(path) ? '; a model of a hub is downloaded first' : ''),
      { folder: resolve(path) },
    );
  const root = resolve(path);
  const present = await graphsIn(root);
  if (file !== undefined) return named(root, file, present, ['`file` to name', 'invalid-option']);
  const genai = dtype === undefined ? (await readGenaiConfig([root]))?.decoder?.filename : undefined;
  if (genai !== undefined) return named(root, genai, present, ['genai_config.json to name', 'invalid-file']);
  for (const wanted of dtype === undefined ? graphDtypes : [dtype]) {
    const found = candidates(wanted).find((name) => present.includes(name));
    if (found !== undefined) return withPastOf(root, found, present);
  }
  if (dtype === undefined && present.length === 1) return { root, file: present[0]! };
  const wanted =
    dtype === undefined
      ? 'onnx/model.onnx or model.onnx'
      : `a graph of dtype ${dtype}, such as ${candidates(dtype)[0]},`;
  throw notFound(`expected ${wanted} in ${path}, got ${present.join(', ') || 'no .onnx file'}`, {
    folder: root,
    present,
  });
}

function candidates(dtype: GraphDtype): string[] {
  return STEMS.flatMap((stem) => FOLDERS.map((folder) => join(folder, `${stem}${SUFFIXES[dtype]}.onnx`)));
}

/** Graphs of a folder and of its `onnx/`, relative to it. */
async function graphsIn(root: string): Promise<string[]> {
  const lists = await Promise.all(
    FOLDERS.map(async (folder) => {
      const names = await readdir(join(root, folder)).catch((): string[] => []);
      return names.filter((name) => name.endsWith('.onnx')).map((name) => join(folder, name));
    }),
  );
  return lists.flat().sort();
}

/** The graph that goes on where the first of a pair ends. */
async function withPastOf(root: string, file: string, present: readonly string[]): Promise<GraphFiles> {
  const name = basename(file);
  if (!name.startsWith('decoder_model') || name.startsWith('decoder_model_merged')) return { root, file };
  const withPast = join(dirname(file), name.replace('decoder_model', 'decoder_with_past_model'));
  return present.includes(withPast) ? { root, file, withPast } : { root, file };
}

async function named(
  root: string,
  file: string,
  present: readonly string[],
  [who, code]: readonly [who: string, code: 'invalid-option' | 'invalid-file'],
): Promise<GraphFiles> {
  const path = resolve(root, file);
  if (!path.startsWith(root.endsWith(sep) ? root : root + sep))
    throw new SakeError(code, `loadCausalLM: expected ${who} a file in ${root}, got ${file}`, {
      details: { folder: root, file },
    });
  if (!(await stat(path).catch(() => undefined))?.isFile())
    throw notFound(
      `expected ${who} a file in ${root}, got ${file}; there are ${present.join(', ') || 'none'}`,
      {
        folder: root,
        present,
      },
    );
  const relative = path.slice(root.endsWith(sep) ? root.length : root.length + 1);
  return withPastOf(root, relative, present);
}

/** A graph given by its file: the model's folder is the one it lies in, or the one above where that is `onnx/`. */
async function ofFile(path: string): Promise<GraphFiles> {
  const folder = dirname(path);
  const root = basename(folder) === 'onnx' ? dirname(folder) : folder;
  return withPastOf(
    root,
    join(basename(folder) === 'onnx' ? 'onnx' : '', basename(path)),
    await graphsIn(root),
  );
}
