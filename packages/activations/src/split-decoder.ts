import {
  bodyModel,
  changeableModel,
  encodeModel,
  findDecoder,
  findMlpProjections,
  headModel,
  operatorKey,
  type ChangeableOptions,
  type ChangeInputs,
  type DecoderMap,
  type OnnxModel,
} from '@sakejs/onnx';
import { isSakeError, SakeError } from '@sakejs/spec';
import type { PlacedModel } from './external-data.js';
import type { ShownKeys } from './run-body.js';

/** A graph whose external data has been found. */
export type DecoderGraph = Pick<PlacedModel, 'model' | 'folder'>;

/** A decoder's parts by name: what is left of its map once the graph is gone. */
export interface DecoderNames extends Omit<DecoderMap, 'head'> {
  /** The product that gives the logits. */
  readonly head: { readonly node: string; readonly op: string };
}

/** A decoder without its LM head. */
export interface SplitBody {
  readonly map: DecoderNames;
  /** Ids, mask, positions and cache in; hidden states, residual streams and cache out. */
  readonly body: Uint8Array;
  /** Folder of the weights that do not lie in `body`. */
  readonly folder: string | undefined;
  /** Whether activations are quantized by the range of a whole batch, so that rows change each other. */
  readonly mixesRows: boolean;
}

/** A body that takes changes, and the MLP keys that it shows. */
export interface ChangedBody extends SplitBody {
  readonly inputs: ChangeInputs;
  readonly keys: ReadonlyMap<number, ShownKeys>;
}

/** What a changed body takes and shows, each by blocks. */
export interface BodyShape extends Required<ChangeableOptions> {
  readonly keys: readonly number[];
}

/** A decoder graph cut before its LM head. */
export interface SplitDecoder extends SplitBody {
  /** Hidden states [n, d] in, logits [n, vocabulary] out. */
  readonly head: Uint8Array;
  /** Whether the head quantizes activations by the range of all its rows. */
  readonly headMixesRows: boolean;
  /** Widths of the blocks' MLP keys, or why they are not found. */
  readonly keySizes: readonly number[] | SakeError;
  /** The body that goes on from a cache, where the first one starts without any. */
  readonly withPast?: SplitBody;
}

export interface SplitOptions {
  /** Names the input of the LM head, where it is not found by itself. */
  readonly hiddenTensor?: string;
  /** The graph that goes on from a cache. */
  readonly withPast?: DecoderGraph;
}

/** Operators that quantize activations by the range of the whole tensor. */
const DYNAMIC: ReadonlySet<string> = new Set([
  'DynamicQuantizeLinear',
  'com.microsoft:DynamicQuantizeMatMul',
  'com.microsoft:DynamicQuantizeLSTM',
]);

function quantizesDynamically({ graph }: OnnxModel): boolean {
  return graph.nodes.some((node) => DYNAMIC.has(operatorKey(node)));
}

/**
 * Cuts a decoder graph before its LM head. Weights in external data are named by both parts and copied into neither.
 *
 * @throws {SakeError} `unsupported` for a graph whose parts are not found, `invalid-file` for a pair of graphs that are
 * not of one model.
 */
export function splitDecoder(graph: DecoderGraph, options: SplitOptions = {}): SplitDecoder {
  const { hiddenTensor, withPast } = options;
  const map = mapOf(graph.model, hiddenTensor);
  const first = splitBody(graph, map, withPast !== undefined);
  const head = headModel(graph.model, map);
  return {
    ...first,
    head: encodeModel(head),
    headMixesRows: quantizesDynamically(head),
    keySizes: keySizesOf(graph.model, map),
    ...(withPast && { withPast: splitPast(withPast, first.map, graph.model) }),
  };
}

function mapOf(model: OnnxModel, hiddenTensor?: string): DecoderMap {
  return findDecoder(model, { ...(hiddenTensor !== undefined && { hiddenTensor }) });
}

function keySizesOf(model: OnnxModel, map: DecoderMap): number[] | SakeError {
  try {
    return findMlpProjections(model, map).map(({ keySize }) => keySize);
  } catch (error) {
    if (isSakeError(error)) return error;
    throw error;
  }
}

/**
 * The body of a decoder that takes changes.
 *
 * @param asked whether the cache's outputs are read though the graph has no input for them.
 * @throws {SakeError} as `changeableModel`.
 */
export function changedBody(
  { model, folder }: DecoderGraph,
  shape: BodyShape,
  options: { readonly hiddenTensor?: string; readonly asked: boolean },
): ChangedBody {
  const map = mapOf(model, options.hiddenTensor);
  const projections = shape.keys.length > 0 ? findMlpProjections(model, map) : [];
  const keys = new Map(
    shape.keys.map((layer): [number, ShownKeys] => {
      const { key, keySize } = projections[layer]!;
      return [layer, { tensor: key, size: keySize }];
    }),
  );
  const changed = changeableModel(model, shape, map);
  const shown = [...keys.values()].map(({ tensor }) => tensor);
  const body = splitBody({ model: changed.model, folder }, map, options.asked, shown);
  return { ...body, inputs: changed.inputs, keys };
}

/** @param asked whether the cache's outputs are read though the graph has no input for them. */
function splitBody(
  { model, folder }: DecoderGraph,
  map: DecoderMap,
  asked: boolean,
  shown: readonly string[] = [],
): SplitBody {
  const body = bodyModel(model, {
    outputs: [...new Set([map.hiddenTensor, ...(map.residuals ?? []), ...shown])],
    cache: asked || map.cache.length > 0,
  });
  const { node, op } = map.head;
  return {
    // A map's nodes are views on the file, which is to go.
    map: { ...map, head: { node: node.name || (node.outputs[0] ?? ''), op } },
    body: encodeModel(body),
    folder,
    mixesRows: quantizesDynamically(body),
  };
}

function splitPast(graph: DecoderGraph, first: DecoderNames, firstModel: OnnxModel): SplitBody {
  const past = splitBody(graph, mapOf(graph.model), true);
  const { map } = past;
  const refuse = (expected: string, got: string, tensor: string): SakeError =>
    new SakeError('invalid-file', `splitDecoder: expected ${expected}, got ${got}`, { details: { tensor } });
  if (map.hiddenSize !== first.hiddenSize || map.vocabularySize !== first.vocabularySize)
    throw refuse(
      `the graph with a past to have hidden size ${first.hiddenSize} and vocabulary ${first.vocabularySize}, as the one without`,
      `${map.hiddenSize} and ${map.vocabularySize}`,
      map.hiddenTensor,
    );
  const outputs = new Set(firstModel.graph.outputs.map(({ name }) => name));
  const missing = map.cache.find(({ output }) => !outputs.has(output));
  if (missing !== undefined)
    throw refuse(
      `the graph without a past to give ${missing.output}, which ${missing.input} goes on from`,
      'no such output',
      missing.output,
    );
  if (map.cache.length === 0)
    throw refuse('a graph with a past to have inputs for it', 'none', map.inputs.ids);
  return past;
}
