import { SakeError } from '@sakejs/spec';
import { findAttribute, intAttribute } from '../attributes.js';
import { DataType, type OnnxGraph, type OnnxNode, type OnnxValueInfo } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { makeTensor } from '../tensors/make-tensor.js';
import { prune } from './prune.js';
import { freshNames, renameTensors } from './rename-tensors.js';
import { tensorsMade } from './tensors-read.js';

/**
 * The decoder that BeamSearch, GreedySearch or Sampling run in a loop, as a graph of its own.
 *
 * It is the attribute `decoder`, which can make every step. ONNX Runtime's converter puts an `init_decoder` beside it
 * for the first one, the same graph but for the last block, which sees the last position only: of no use where the
 * states of all positions are asked for. The converter then declares the other one's ids to be of length 1, though
 * nothing in the graph is made for it: that is taken back. Where the node says how many logits are real
 * (`vocab_size`), the padding is cut off.
 * @throws {SakeError} `unsupported` for an encoder-decoder.
 */
export function nestedDecoder(graph: OnnxGraph, search: OnnxNode): OnnxGraph {
  if (findAttribute(search, 'encoder')?.g !== undefined)
    throw new SakeError(
      'unsupported',
      `plainDecoder: expected a decoder of its own, got ${operatorKey(search)} "${search.name}" with an encoder`,
      { details: { node: search.name } },
    );
  const decoder = withFreeLength(findAttribute(search, 'decoder')!.g!);
  return withVocabulary(takenOut(graph, search, decoder), intAttribute(search, 'vocab_size', 0));
}

/** A nested graph as one of its own, with what it reads of the graph around. */
function takenOut(graph: OnnxGraph, search: OnnxNode, decoder: OnnxGraph): OnnxGraph {
  const fresh = freshNames(graph);
  const own = new Set(tensorsMade(decoder));
  // The graph around may use the same names for other tensors, as for its own input_ids.
  const moved = new Map(
    [...tensorsMade(graph)].filter((name) => own.has(name)).map((name) => [name, fresh(name)]),
  );
  const rename = <T extends { readonly name: string }>(value: T): T =>
    moved.has(value.name) ? { ...value, name: moved.get(value.name)! } : value;
  const around = graph.nodes.filter((node) => node !== search).map((node) => renameTensors(node, moved));
  return prune(
    {
      ...decoder,
      nodes: [...around, ...decoder.nodes],
      initializers: [...graph.initializers.map(rename), ...decoder.initializers],
      inputs: [...decoder.inputs, ...graph.inputs.map(rename)],
      valueInfo: [...graph.valueInfo.map(rename), ...decoder.valueInfo],
      ...(graph.sparseInitializers && {
        sparseInitializers: [...graph.sparseInitializers, ...(decoder.sparseInitializers ?? [])],
      }),
    },
    decoder.outputs,
  );
}

/** The graph with sizes of 1 left open, where its ids are declared to be of length 1. */
function withFreeLength(graph: OnnxGraph): OnnxGraph {
  const ids = graph.inputs.find(({ name }) => name === 'input_ids')?.type?.tensor?.shape;
  if (ids?.length !== 2 || ids[1]!.value !== 1) return graph;
  const opened = (info: OnnxValueInfo): OnnxValueInfo => {
    const tensor = info.type?.tensor;
    // A cache has sizes of 1 of its own.
    if (tensor?.shape === undefined || /^(past|present)/.test(info.name)) return info;
    const shape = tensor.shape.map((dim) => (dim.value === 1 ? {} : dim));
    return { ...info, type: { ...info.type, tensor: { ...tensor, shape } } };
  };
  return {
    ...graph,
    inputs: graph.inputs.map(opened),
    outputs: graph.outputs.map(opened),
    valueInfo: graph.valueInfo.map(opened),
  };
}

/** The graph with as many logits as there are tokens: weights may be padded for speed, and a padding's logit is 0. */
function withVocabulary(graph: OnnxGraph, size: number): OnnxGraph {
  const logits = graph.outputs.find(({ name }) => name === 'logits');
  if (size <= 0 || logits === undefined) return graph;
  const fresh = freshNames(graph);
  const padded = fresh('logits.padded');
  const named = new Map([['logits', padded]]);
  const bounds = ([0, size, 2] as const).map((value, at) =>
    makeTensor(fresh(`logits.${['start', 'end', 'axis'][at]!}`), [1], [value], DataType.INT64),
  );
  const cut: OnnxNode = {
    opType: 'Slice',
    domain: '',
    name: fresh('logits.cut'),
    inputs: [padded, ...bounds.map(({ name }) => name)],
    outputs: ['logits'],
    attributes: [],
  };
  const tensor = logits.type?.tensor;
  const shape = tensor?.shape?.map((dim, axis) => (axis === 2 ? { value: size } : dim));
  const output: OnnxValueInfo =
    tensor === undefined || shape === undefined
      ? logits
      : { ...logits, type: { ...logits.type, tensor: { ...tensor, shape } } };
  return {
    ...graph,
    nodes: [...graph.nodes.map((node) => renameTensors(node, named)), cut],
    initializers: [...graph.initializers, ...bounds],
    outputs: graph.outputs.map((other) => (other === logits ? output : other)),
  };
}
