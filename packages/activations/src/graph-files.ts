import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import {
  chooseNamedGraph,
  graphCandidates,
  graphDtypes,
  onlyGraph,
  SakeError,
  withPastOf,
  type GraphDtype,
} from '@sakejs/spec';
import { readGenaiConfig } from './genai-config.js';

/** Which graph of a folder is wanted. */
export interface GraphChoice {
  /** Precision, by the file's name: `q8` (or `quantized`) ends in `_quantized` or `_q8`. Default: the most precise there is. */
  readonly dtype?: GraphDtype;
  /** The graph's file, relative to the folder. */
  readonly file?: string;
}

/** The files that make up a model's graph. */
export interface GraphFiles {
  /** The model's folder. */
  readonly root: string;
  /** The graph, relative to the root, with `/`. */
  readonly file: string;
  /** The graph that goes on from a cache, where `file` starts without one. */
  readonly withPast?: string;
}

/** Whether a file is the half of a pair that goes on from a cache, which exporters trace with one token. */
export function isWithPast(file: string): boolean {
  return basename(file).startsWith('decoder_with_past_model');
}

/** Folders below the model's in which graphs of unknown names are looked for. */
const DEPTH = 4;

function notFound(message: string, details: Record<string, unknown>): SakeError {
  return new SakeError('not-found', `loadCausalLM: ${message}`, { details });
}

/**
 * Chooses the graph of a model's folder, or takes the `.onnx` file that it is given.
 *
 * In order: `file`; what `genai_config.json` names; the graph of a known name, as {@link chooseNamedGraph} has it; the
 * only `.onnx` file there is, in folders below too. Without a dtype the most precise ending that the folder has.
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
  if (file !== undefined) return named(root, file, ['`file` to name', 'invalid-option']);
  const genai = dtype === undefined ? (await readGenaiConfig([root]))?.decoder?.filename : undefined;
  if (genai !== undefined) return named(root, genai, ['genai_config.json to name', 'invalid-file']);
  const found = chooseNamedGraph(await graphsOf(root), dtype);
  if (found !== undefined) return paired(root, found);
  const present = await allGraphsOf(root);
  const only = dtype === undefined ? onlyGraph(present) : undefined;
  if (only !== undefined) return paired(root, only);
  const wanted =
    dtype === undefined
      ? 'onnx/model.onnx or model.onnx'
      : `a graph of dtype ${dtype}, such as ${graphCandidates(dtype)[0]},`;
  throw notFound(`expected ${wanted} in ${path}, got ${present.join(', ') || 'no .onnx file'}`, {
    folder: root,
    present,
  });
}

/** Graphs of a model's folder and of its `onnx/`, where the known names are. */
async function graphsOf(root: string): Promise<string[]> {
  return (await Promise.all(['', 'onnx/'].map((below) => graphsIn(root, below, 0)))).flat();
}

/** Graphs of a model's folder and of those below it. */
async function allGraphsOf(root: string): Promise<string[]> {
  return [...new Set([...(await graphsOf(root)), ...(await graphsIn(root, '', DEPTH))])].sort();
}

/** Graphs below a folder, relative to the root, with `/`; hidden folders are passed over and links to folders too. */
async function graphsIn(root: string, below: string, depth: number): Promise<string[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => []);
  const lists = entries.map((entry): string[] | Promise<string[]> => {
    if (!entry.isDirectory()) return entry.name.endsWith('.onnx') ? [below + entry.name] : [];
    const passed = depth === 0 || entry.name.startsWith('.') || entry.name === 'node_modules';
    return passed ? [] : graphsIn(root, `${below}${entry.name}/`, depth - 1);
  });
  return (await Promise.all(lists)).flat();
}

/** The graph, and the one that goes on where it ends. */
async function paired(root: string, file: string): Promise<GraphFiles> {
  const other = withPastOf(file);
  return other !== undefined && (await isFile(join(root, other)))
    ? { root, file, withPast: other }
    : { root, file };
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

async function named(
  root: string,
  file: string,
  [who, code]: readonly [who: string, code: 'invalid-option' | 'invalid-file'],
): Promise<GraphFiles> {
  const path = resolve(root, file);
  const within = relative(root, path).split(sep);
  if (within[0] === '..' || within[0] === '' || isAbsolute(within[0]!))
    throw new SakeError(code, `loadCausalLM: expected ${who} a file in ${root}, got ${file}`, {
      details: { folder: root, file },
    });
  if (await isFile(path)) return paired(root, within.join('/'));
  const present = await allGraphsOf(root);
  throw notFound(
    `expected ${who} a file in ${root}, got ${file}; there are ${present.join(', ') || 'none'}`,
    { folder: root, present },
  );
}

/** A graph given by its file: the model's folder is the one it lies in, or the one above where that is `onnx/`. */
async function ofFile(path: string): Promise<GraphFiles> {
  const folder = dirname(path);
  const inOnnx = basename(folder) === 'onnx';
  return paired(inOnnx ? dirname(folder) : folder, `${inOnnx ? 'onnx/' : ''}${basename(path)}`);
}
