import {
  chooseNamedGraph,
  graphDtypes,
  graphsAmong,
  onlyGraph,
  SakeError,
  withPastOf,
  type GraphDtype,
} from '@sakejs/spec';
import { hubError } from './hub-failure.js';
import { pathWithin } from './path-within.js';

/** Which of a repository's files are wanted. */
export interface Selection {
  /** `onnx` (default): a graph that is there already. `checkpoint`: safetensors to build one from. */
  readonly format?: 'onnx' | 'checkpoint';
  /** The precision of the graph, as the ending of its file's name says it. Default: the most precise there is. */
  readonly dtype?: GraphDtype;
  /** The graph's path in the repository, for layouts that this package does not know. */
  readonly file?: string;
  /** Paths of further files to have. */
  readonly include?: readonly string[];
}

/** The files for a selection. */
export interface SelectedFiles<F> {
  /** The graph, or the weights (for sharded ones their index). */
  readonly entry: string;
  /**
   * In the order of downloading: `entry` last, so that a snapshot that has it has the others too. A decoder that starts
   * without a past comes with the one that goes on from its cache, where there is one.
   */
  readonly files: readonly F[];
}

interface Listed {
  readonly path: string;
}

/** Where files are looked for, in words: `owner/name at main`, or the cache. */
export interface SearchedPlace {
  readonly name: string;
  readonly missing: (wanted: string, remedy: string, details: Readonly<Record<string, unknown>>) => Error;
}

const COMPANIONS = new Set([
  'config.json',
  'generation_config.json',
  'genai_config.json',
  'quantize_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.json',
  'merges.txt',
  'chat_template.jinja',
  'chat_template.json',
]);
const SHARD = /^model-(\d{5})-of-(\d{5})\.safetensors$/;

/** @throws {SakeError} `invalid-option` for a dtype that is none. */
export function checkSelection({ dtype }: Selection): void {
  if (dtype !== undefined && !graphDtypes.includes(dtype))
    throw new SakeError(
      'invalid-option',
      `resolveModel: expected a dtype among ${graphDtypes.join(', ')}, got ${String(dtype)}`,
    );
}

/**
 * Chooses what a model needs out of a listing: configuration, tokenizer, and one graph with its external data, or the
 * weights of a checkpoint. Everything else is left.
 *
 * The graph is `file`; or what genai_config.json names, unless there is a dtype; or the one of a known name; or the only one.
 * A local folder's is chosen in the same order.
 *
 * @param genaiGraph what the repository's genai_config.json names.
 * @throws {SakeError} `not-found` naming what is missing and what is there instead.
 */
export function selectFiles<F extends Listed>(
  listed: readonly F[],
  selection: Selection,
  place: SearchedPlace,
  genaiGraph?: string,
): SelectedFiles<F> {
  const byPath = new Map(listed.map((file) => [file.path, file]));
  const main =
    selection.format === 'checkpoint'
      ? selectWeights(byPath, place)
      : selectGraph(byPath, selection, place, genaiGraph);
  const entry = main.at(-1)!;
  const folder = entry.slice(0, entry.lastIndexOf('/') + 1);
  const companions = [...byPath.keys()].filter((path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return COMPANIONS.has(name) && (path === name || path === folder + name);
  });
  const include = selection.include ?? [];
  for (const path of include)
    if (!byPath.has(path))
      throw place.missing(path, 'check the option include', {
        file: path,
        files: [...byPath.keys()].slice(0, 50),
      });
  const wanted = new Set([...companions, ...include.filter((path) => path !== entry), ...main]);
  return { entry, files: [...wanted].map((path) => byPath.get(path)!) };
}

/** External data first, the graph last; the other half of a pair of decoders before both. */
function selectGraph(
  files: ReadonlyMap<string, Listed>,
  { dtype, file }: Selection,
  place: SearchedPlace,
  genaiGraph: string | undefined,
): readonly string[] {
  const named = file ?? genaiGraph;
  const graph =
    named === undefined
      ? chooseGraph([...files.keys()], dtype, place)
      : namedGraph(files, named, place, file === undefined);
  const withData = (name: string): string[] => [
    ...[...files.keys()].filter((path) => isExternalData(path, name)).sort(),
    name,
  ];
  const other = withPastOf(graph);
  return [...(other !== undefined && files.has(other) ? withData(other) : []), ...withData(graph)];
}

function namedGraph(
  files: ReadonlyMap<string, Listed>,
  file: string,
  place: SearchedPlace,
  byGenai: boolean,
): string {
  const graph = pathWithin(file);
  if (graph !== undefined && files.has(graph) && graph.endsWith('.onnx')) return graph;
  const graphs = graphsAmong(files.keys());
  throw place.missing(
    file,
    byGenai
      ? `genai_config.json names it; choose another with the options dtype or file${listOf(graphs)}`
      : `name an .onnx file that is there${listOf(graphs)}`,
    { file, graphs },
  );
}

/** `model.onnx_data`, `model.onnx_data_1`, `model.onnx.data`. */
function isExternalData(path: string, graph: string): boolean {
  return path.startsWith(graph) && /^(?:[._]data)(?:_\d+)?$/.test(path.slice(graph.length));
}

function chooseGraph(paths: readonly string[], dtype: GraphDtype | undefined, place: SearchedPlace): string {
  const graph = chooseNamedGraph(paths, dtype) ?? (dtype === undefined ? onlyGraph(paths) : undefined);
  if (graph !== undefined) return graph;
  const graphs = graphsAmong(paths);
  if (graphs.length > 0)
    throw place.missing(
      dtype === undefined ? 'model.onnx or onnx/model.onnx' : `a graph of dtype ${dtype}`,
      `choose with the options dtype or file${listOf(graphs)}`,
      { dtype, graphs },
    );
  const weights = paths.some((path) => path.endsWith('.safetensors'));
  throw place.missing(
    'an ONNX file',
    weights
      ? 'but there is a safetensors checkpoint: ask for format checkpoint and convert it (sake convert)'
      : 'choose a repository with ONNX files or safetensors',
    { checkpoint: weights },
  );
}

function listOf(paths: readonly string[]): string {
  const shown = paths.slice(0, 12).join(', ');
  return paths.length === 0 ? '' : `: ${shown}${paths.length > 12 ? `, and ${paths.length - 12} more` : ''}`;
}

/** `model.safetensors`, or every shard and then the index. */
function selectWeights(files: ReadonlyMap<string, Listed>, place: SearchedPlace): readonly string[] {
  if (files.has('model.safetensors')) return ['model.safetensors'];
  const index = 'model.safetensors.index.json';
  const shards = [...files.keys()].filter((path) => SHARD.test(path)).sort();
  if (!files.has(index) || shards.length === 0) {
    const pickled = [...files.keys()].some((path) => path.endsWith('.bin'));
    throw place.missing(
      `model.safetensors, or ${index} with its shards`,
      pickled
        ? 'its weights are pickled (.bin), which is not read: choose a revision or repository with safetensors'
        : 'choose a repository with a safetensors checkpoint',
      { shards },
    );
  }
  const count = Number(SHARD.exec(shards[0]!)![2]);
  for (let number = 1; number <= count; number++) {
    const digits = (value: number): string => String(value).padStart(5, '0');
    const shard = `model-${digits(number)}-of-${digits(count)}.safetensors`;
    if (!files.has(shard))
      throw place.missing(shard, 'a shard of the checkpoint is not there', { file: shard });
  }
  return [...shards, index];
}

/** A repository on the hub, as a place to look in. */
export function onTheHub(name: string): SearchedPlace {
  return {
    name,
    missing: (wanted, remedy, details) =>
      hubError('file', `expected ${wanted} in ${name}, got none; ${remedy}`, details),
  };
}

/** The cache, as a place to look in when nothing may or can be downloaded. */
export function inTheCache(name: string, cacheDir: string, because: string): SearchedPlace {
  return {
    name,
    missing: (wanted, remedy, details) =>
      hubError(
        'offline',
        `expected ${wanted} of ${name} in the cache ${cacheDir}, got none, and nothing is downloaded because of ${because}; ${remedy}, or run once with the network`,
        { cacheDir, because, ...details },
      ),
  };
}
