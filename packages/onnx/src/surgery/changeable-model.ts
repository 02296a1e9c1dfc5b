import { SakeError } from '@sakejs/spec';
import { tensorInfo } from '../graph-builder.js';
import { DataType, type OnnxModel, type OnnxValueInfo } from '../ir.js';
import { addToTensors, type Addition } from './add-to-tensors.js';
import { LEAST_IR_VERSION } from './body-model.js';
import { checkGraph } from './check-graph.js';
import { findDecoder, type DecoderMap } from './find-decoder.js';
import { findMlpProjections, type MlpProjection } from './find-mlp-projections.js';
import { GraphIndex } from './graph-index.js';
import { makeNodes } from './make-nodes.js';
import { freshNames } from './rename-tensors.js';

/** Which blocks shall take a change as graph inputs. */
export interface ChangeableOptions {
  /** Blocks whose MLP down-projection takes a low-rank change of its weight. */
  readonly lowRank?: readonly number[];
  /** Blocks whose MLP down-projection takes a change of its whole weight. */
  readonly dense?: readonly number[];
  /** Blocks behind which something is added to the residual stream. */
  readonly stream?: readonly number[];
}

/** Graph inputs of a changeable model, all float32, by block. */
export interface ChangeInputs {
  /** U [hiddenSize, rank] and V [rank, keySize]: the product gives y + (k Vᵀ) Uᵀ. The rank is free. */
  readonly lowRank: ReadonlyMap<number, { readonly u: string; readonly v: string }>;
  /** D [keySize, hiddenSize]: the product gives y + k D. */
  readonly dense: ReadonlyMap<number, string>;
  /** S [batch, length, hiddenSize], added to the stream after the block. */
  readonly stream: ReadonlyMap<number, string>;
}

export interface ChangeableModel {
  /** Tensors keep their names and hold changed values, so what a map of the plain model names is found in this one. */
  readonly model: OnnxModel;
  readonly inputs: ChangeInputs;
}

/**
 * A decoder that takes changes of MLP weights and of the residual stream as further inputs.
 *
 * Weights of any form may be changed, quantized ones too: what the change adds is computed beside the product, in
 * float32. Weights are shared with the model, not copied.
 * @throws {SakeError} `invalid-option` for a block that the model does not have; `unsupported` as `findMlpProjections`,
 *   and for a graph that does not show its residual streams.
 */
export function changeableModel(
  model: OnnxModel,
  options: ChangeableOptions,
  decoder: DecoderMap = findDecoder(model),
): ChangeableModel {
  const [lowRank, dense, stream] = [options.lowRank, options.dense, options.stream].map((layers = []) => [
    ...new Set(layers),
  ]) as [number[], number[], number[]];
  const graph = checkGraph(model.graph);
  const index = new GraphIndex(graph);
  const fresh = freshNames(graph);
  const declared: OnnxValueInfo[] = [];
  const input = (wanted: string, dims: readonly (number | string)[]): string => {
    const name = fresh(wanted);
    declared.push(tensorInfo(name, DataType.FLOAT, dims));
    return name;
  };
  const projections = lowRank.length + dense.length > 0 ? findMlpProjections(model, decoder) : [];
  const weights = [
    ...lowRank.map((layer) => lowRankAddition(index, at(projections, layer), input, fresh)),
    ...dense.map((layer) => denseAddition(index, at(projections, layer), input, fresh)),
  ];
  const streams = stream.length > 0 ? streamsOf(decoder) : [];
  const added = stream.map((layer) => {
    const dims = ['batch_size', 'sequence_length', decoder.hiddenSize];
    const term = input(`stream_delta.${layer}`, dims);
    return { layer, tensor: at(streams, layer), nodes: [], term };
  });
  const changed = addToTensors(graph, index, [...weights, ...added], fresh);
  return {
    model: {
      ...model,
      irVersion: Math.max(model.irVersion, LEAST_IR_VERSION),
      graph: checkGraph({ ...changed, inputs: [...graph.inputs, ...declared] }),
    },
    inputs: {
      lowRank: new Map(weights.flatMap(({ layer, u, v }) => (u && v ? [[layer, { u, v }]] : []))),
      dense: new Map(weights.flatMap(({ layer, dense: name }) => (name ? [[layer, name]] : []))),
      stream: new Map(added.map(({ layer, term }) => [layer, term])),
    },
  };
}

/** What a change adds to a product, and the graph inputs that it comes from. */
interface WeightAddition extends Addition {
  readonly layer: number;
  readonly u?: string;
  readonly v?: string;
  readonly dense?: string;
}

type Input = (wanted: string, dims: readonly (number | string)[]) => string;
type Fresh = (wanted: string) => string;

function lowRankAddition(
  index: GraphIndex,
  { layer, key, output, keySize, hiddenSize }: MlpProjection,
  input: Input,
  fresh: Fresh,
): WeightAddition {
  const rank = `rank_${layer}`;
  const u = input(`weight_delta.${layer}.u`, [hiddenSize, rank]);
  const v = input(`weight_delta.${layer}.v`, [rank, keySize]);
  const make = makeNodes(fresh);
  const keys = index.elementType(key) === DataType.FLOAT ? key : make.cast(key, DataType.FLOAT);
  const narrow = make.node('MatMul', [keys, make.node('Transpose', [v])]); // [.., rank]
  const term = make.node('MatMul', [narrow, make.node('Transpose', [u])]); // [.., hiddenSize]
  return { layer, tensor: output, nodes: make.nodes, term, u, v };
}

function denseAddition(
  index: GraphIndex,
  { layer, key, output, keySize, hiddenSize }: MlpProjection,
  input: Input,
  fresh: Fresh,
): WeightAddition {
  const dense = input(`weight_delta.${layer}.dense`, [keySize, hiddenSize]);
  const make = makeNodes(fresh);
  const keys = index.elementType(key) === DataType.FLOAT ? key : make.cast(key, DataType.FLOAT);
  return { layer, tensor: output, nodes: make.nodes, term: make.node('MatMul', [keys, dense]), dense };
}

function streamsOf({ residuals, hiddenTensor }: DecoderMap): readonly string[] {
  if (residuals !== undefined) return residuals;
  throw new SakeError(
    'unsupported',
    `changeableModel: expected a graph that shows its residual streams, got none on the way back from "${hiddenTensor}"; ` +
      'export it without runtime fusions',
    { details: { tensor: hiddenTensor } },
  );
}

function at<T>(blocks: readonly T[], layer: number): T {
  const found = blocks[layer];
  if (found !== undefined) return found;
  throw new SakeError(
    'invalid-option',
    `changeableModel: expected a block in [0, ${blocks.length}), got ${layer}`,
    { details: { layer } },
  );
}
