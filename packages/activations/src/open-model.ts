import { join } from 'node:path';
import { SakeError } from '@sakejs/spec';
import { aboutFile } from './about-file.js';
import { cachedLayers } from './cached-layers.js';
import { checkDecoder } from './causal-check.js';
import { createChangedBodies, type ChangedBodies } from './changed-bodies.js';
import { decoderGraphs, type DecoderGraphs } from './decoder-graphs.js';
import { openDecoder } from './decoder-sessions.js';
import type { Decoder } from './decoder.js';
import type { Device } from './graph-session.js';
import { isWithPast } from './graph-files.js';
import { resolveConfig, type ModelConfig } from './model-config.js';
import { hashFiles, type HashedFile, type ModelFolder } from './model-folder.js';
import { readGraph, type GraphFile } from './read-graph.js';
import { splitDecoder, type DecoderGraph, type SplitDecoder } from './split-decoder.js';

/** A model's graphs, read and cut. */
export interface CutModel extends DecoderGraphs {
  readonly split: SplitDecoder;
  readonly config: ModelConfig;
  /** The files, the first step's first. */
  readonly graphs: readonly GraphFile[];
}

/**
 * Reads a folder's graphs and cuts them before the LM head.
 *
 * @param where the function to name in errors.
 * @param options `layersNeeded: false` lets the number of blocks be 0 where nothing tells it.
 * @throws {SakeError} `not-found`, `invalid-file`, `unsupported`, `io`, naming the file.
 */
export async function cutModel(
  folder: ModelFolder,
  hiddenTensor: string | undefined,
  where: string,
  { layersNeeded = true }: { readonly layersNeeded?: boolean } = {},
): Promise<CutModel> {
  const { modelFile, stated } = folder;
  const { graphs, ...decoders } = await readDecoders(folder, where);
  const { start, withPast } = decoders;
  const split = await aboutFile(where, modelFile, () =>
    splitDecoder(start, {
      ...(hiddenTensor !== undefined && { hiddenTensor }),
      ...(withPast && { withPast }),
    }),
  );
  const { map } = split;
  const config = await aboutFile(where, modelFile, () =>
    resolveConfig(stated, {
      hiddenSize: map.hiddenSize,
      vocabularySize: map.vocabularySize,
      layers:
        map.residuals?.length ??
        cachedLayers((split.withPast ?? split).map.cache) ??
        (layersNeeded ? undefined : 0),
    }),
  );
  return { ...decoders, split, config, graphs };
}

/**
 * Reads a folder's graphs.
 *
 * @param where the function to name in errors.
 * @throws {SakeError} `not-found`, `invalid-file`, `unsupported`, `io`, naming the file.
 */
async function readDecoders(
  { path: root, graphs, modelFile }: ModelFolder,
  where: string,
): Promise<DecoderGraphs & Pick<CutModel, 'graphs'>> {
  const read = (file: string): Promise<GraphFile> => aboutFile(where, file, () => readGraph({ file, root }));
  const first = await read(modelFile);
  const pastFile = graphs.withPast === undefined ? undefined : join(root, graphs.withPast);
  const past = pastFile === undefined ? undefined : await read(pastFile);
  const decoders = await aboutFile(where, modelFile, () => decoderGraphs(first, past));
  return { ...decoders, graphs: past === undefined ? [first] : [first, past] };
}

/**
 * Reads the graph of a folder that starts without a past, uncut.
 *
 * @throws {SakeError} as {@link cutModel}.
 */
export async function readStart(folder: ModelFolder, where: string): Promise<DecoderGraph> {
  return (await readDecoders(folder, where)).start;
}

/**
 * Parts of a model's hash: its graph under one name wherever it lies, then `beside`, then the graph that goes on from
 * a cache and all external data.
 */
function hashedFiles(
  graphs: readonly GraphFile[],
  beside: Readonly<Record<string, Uint8Array>>,
): HashedFile[] {
  const [first, ...others] = graphs;
  return [
    ['model.onnx', first!.bytes],
    ...Object.entries(beside),
    ...others.map(({ bytes }): HashedFile => ['decoder_with_past_model.onnx', bytes]),
    ...graphs.flatMap(({ files }) => files.map((file): HashedFile => [file.location, file])),
  ];
}

/** A model that runs, and what is known of it. */
export interface OpenModel {
  readonly decoder: Decoder;
  /** Bodies of the same model that take changes; opened as they are asked for. */
  readonly changed: ChangedBodies;
  /** Widths of the blocks' MLP keys, or why they are not found. */
  readonly keySizes: readonly number[] | SakeError;
  readonly config: ModelConfig;
  readonly sha256: string;
}

/**
 * Opens the decoder of a folder. What is read of it is let go once ONNX Runtime has it.
 *
 * @param beside files that the model's hash covers besides the graph, by name.
 * @throws {SakeError} as {@link cutModel}, {@link openDecoder} and {@link checkDecoder}.
 */
export async function openModel(
  folder: ModelFolder,
  beside: Readonly<Record<string, Uint8Array>>,
  options: { readonly threads: number; readonly device: Device; readonly hiddenTensor: string | undefined },
): Promise<OpenModel> {
  const { threads, device, hiddenTensor } = options;
  const { split, config, sha256 } = await cutAndHashed(folder, beside, hiddenTensor);
  const decoder = await aboutFile('loadCausalLM', folder.modelFile, () =>
    openDecoder(split, config, threads, device, isWithPast(folder.graphs.file)),
  );
  try {
    await aboutFile('loadCausalLM', folder.modelFile, () =>
      checkDecoder(decoder, config.maxPositions, 'openModel'),
    );
  } catch (cause) {
    await decoder[Symbol.asyncDispose]();
    throw cause;
  }
  const { map, keySizes, withPast } = split;
  const changed = createChangedBodies({
    read: () => readDecoders(folder, 'withChange'),
    ...(hiddenTensor !== undefined && { hiddenTensor }),
    ...{ threads, device, stepwise: isWithPast(folder.graphs.file), sizes: config },
    pairs: (withPast?.map ?? map).cache,
  });
  return { decoder, changed, keySizes, config, sha256 };
}

/** So that the files' bytes are gone before sessions open. */
async function cutAndHashed(
  folder: ModelFolder,
  beside: Readonly<Record<string, Uint8Array>>,
  hiddenTensor: string | undefined,
): Promise<Pick<CutModel, 'split' | 'config'> & { readonly sha256: string }> {
  const { graphs, split, config } = await cutModel(folder, hiddenTensor, 'loadCausalLM');
  try {
    return { split, config, sha256: await hashFiles(hashedFiles(graphs, beside)) };
  } catch (cause) {
    throw new SakeError('io', `loadCausalLM: cannot read the weights: ${(cause as Error).message}`, {
      details: { file: folder.modelFile },
      cause,
    });
  }
}
