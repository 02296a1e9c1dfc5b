import { relative, resolve, sep } from 'node:path';
import { dataTypeName } from '@sakejs/onnx';
import { aboutFile } from './about-file.js';
import { cachedLayers } from './cached-layers.js';
import { checkSizes } from './check-sizes.js';
import { cutModel, type CutModel } from './open-model.js';
import type { GraphChoice } from './graph-files.js';
import type { Device } from './graph-session.js';
import { readModelFolder, type ModelFolder } from './model-folder.js';
import { selfCheck, type SelfCheck } from './self-check.js';
import { weightsDtype } from './weights-dtype.js';

export interface InspectOptions extends GraphChoice {
  /** Threads within an operator, pinned. Default 2. */
  readonly threads?: number;
  /** What ONNX Runtime executes the graph on. Default `cpu`. */
  readonly device?: Device;
  /** Names the tensor that the LM head reads, for a graph where it is not found by itself. */
  readonly hiddenTensor?: string;
}

/** What a cache is made of. */
export interface InspectedCache {
  /** Blocks that it serves. */
  readonly layers: number;
  /** Names of its inputs, with N for a block's number: `past_key_values.N.key`, `past_key_values.N.value`. */
  readonly inputs: readonly string[];
  /** Element type: `FLOAT`, `FLOAT16`. */
  readonly dtype: string;
}

/** What is known of a model's graph. */
export interface ModelInspection {
  /** `model_type` of its config; `unknown` where there is none. */
  readonly family: string;
  /** Width of what the LM head reads. */
  readonly hiddenSize: number;
  /** Number of blocks; null where neither a config nor the graph tells. */
  readonly layers: number | null;
  readonly vocabulary: number;
  /** The product that gives the logits. */
  readonly head: { readonly node: string; readonly op: string };
  /** Name of the tensor that the LM head reads. */
  readonly hiddenTensor: string;
  /** Whether the residual stream after each block can be read. */
  readonly residuals: boolean;
  /** Null where decoding reads the whole text at each step. */
  readonly cache: InspectedCache | null;
  /** Precision of the weights, in transformers.js's words: `fp32`, `fp16`, `int8`, `q4`, `q4f16` … */
  readonly dtype: string;
  /** The graph and its external data, relative to the folder. */
  readonly files: readonly string[];
  /** What ONNX Runtime executed the self-check on. */
  readonly device: Device;
  /** Whether the head, cut off, gives the logits of the whole graph, so that edits act as they should. */
  readonly steerable: boolean;
  readonly selfCheck: SelfCheck;
}

/** Largest error of the head apart from the body, relative to the largest logit, that counts as the same. */
export const STEERABLE_ERROR = 1e-2;

/**
 * Looks into a model: what its graph is made of, and whether the LM head can be taken apart from the rest.
 *
 * Seeded token ids go through the whole graph, and through the body and then the head; `selfCheck` compares the logits.
 * Neither a tokenizer nor a config is needed.
 *
 * @param path a model's folder, or an `.onnx` file.
 * @throws {SakeError} `not-found`, `invalid-file`, `unsupported` for a graph that is no decoder or has no head that is
 * found, with what was looked at; `io`, `invalid-option`.
 */
export async function inspectModel(path: string, options: InspectOptions = {}): Promise<ModelInspection> {
  const { threads = 2, device = 'cpu', hiddenTensor } = options;
  const folder = await readModelFolder(path, options);
  const cut = await cutModel(folder, hiddenTensor, 'inspectModel', { layersNeeded: false });
  const { split, config, start } = cut;
  const { map } = split;
  const checked = await aboutFile('inspectModel', folder.modelFile, () => {
    checkSizes(map, config);
    return selfCheck(cut, { threads, device });
  });
  return {
    family: config.family,
    hiddenSize: map.hiddenSize,
    layers: config.layers || null,
    vocabulary: map.vocabularySize,
    head: map.head,
    hiddenTensor: map.hiddenTensor,
    residuals: [split, split.withPast ?? split].every((part) => part.map.residuals !== undefined),
    cache: inspectedCache(cut),
    dtype: weightsDtype(start.model),
    files: filesOf(folder, cut),
    device,
    steerable: checked.maxAbsError <= STEERABLE_ERROR * checked.maxAbsLogit,
    selfCheck: checked,
  };
}

function inspectedCache({ split, withPast, start }: CutModel): InspectedCache | null {
  const { cache } = (split.withPast ?? split).map;
  const layers = cachedLayers(cache);
  const [first] = cache;
  if (first === undefined || layers === undefined) return null;
  const input = (withPast ?? start).model.graph.inputs.find(({ name }) => name === first.input);
  return {
    layers,
    inputs: [...new Set(cache.map((pair) => pair.input.replace(/\d+/, 'N')))],
    dtype: dataTypeName(input?.type?.tensor?.elemType ?? 0),
  };
}

/** Names below the model's folder; what a link leads to elsewhere is named as the graph names it. */
function filesOf({ path: root }: ModelFolder, { graphs }: CutModel): string[] {
  return [
    ...new Set(
      graphs.flatMap((graph) => [
        graph.path,
        ...graph.files.map(({ location }) => resolve(graph.path, '..', location)),
      ]),
    ),
  ].map((file) => relative(root, file).split(sep).join('/'));
}
