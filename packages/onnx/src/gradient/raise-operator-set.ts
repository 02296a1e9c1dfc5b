import { SakeError } from '@sakejs/spec';
import { int, intAttribute, intsAttribute, subgraphs } from '../attributes.js';
import { DataType, type OnnxModel, type OnnxNode, type OnnxTensor } from '../ir.js';
import { operatorKey, opsetVersion } from '../operator-key.js';
import { freshNames } from '../surgery/rename-tensors.js';
import { inferFacts } from './facts/infer-facts.js';
import { makeTensor } from '../tensors/make-tensor.js';

/** The set that models are raised to: scatters that add came with 16, LayerNormalization with 17. */
const TARGET = 17;
const OLDEST = 11;

/** Operators that took from set 13 on as an input what was an attribute before: which. */
const MOVED: Readonly<Record<string, string>> = {
  Squeeze: 'axes',
  Unsqueeze: 'axes',
  ReduceSum: 'axes',
  Split: 'split',
};
const SOFTMAXES: ReadonlySet<string> = new Set(['Softmax', 'LogSoftmax']);

/**
 * A model of operator sets 11 to 16 written with set 17, which means the same; a newer one as it is.
 *
 * What changed: Squeeze, Unsqueeze, ReduceSum and Split take their lists as inputs, and Softmax and LogSoftmax work
 * along one axis, no longer over the flattened rest; Dropout, which
 * does nothing here, lost its ratio. Weights are shared with the model given.
 *
 * @throws {SakeError} `unsupported` for older sets, for nested graphs that would need the change too, and for a
 *   Softmax over more than one axis.
 */
export function raiseOperatorSet(model: OnnxModel): OnnxModel {
  const opset = opsetVersion(model);
  if (opset >= TARGET) return model;
  if (opset < OLDEST)
    throw new SakeError(
      'unsupported',
      `differentiate: expected operator set ${OLDEST} or newer, got ${opset}; export the model again with a newer one`,
    );
  const raised = { ...model, opsetImports: model.opsetImports.map((set) => raisedSet(set)) };
  if (opset >= 13) return raised;
  const fresh = freshNames(model.graph);
  const facts = inferFacts(model);
  const added: OnnxTensor[] = [];
  const nodes = model.graph.nodes.map((node): OnnxNode => {
    const key = operatorKey(node);
    if (subgraphs(node).length > 0) throw nested(node, opset);
    if (SOFTMAXES.has(key)) return oneAxis(node, facts.get(node.inputs[0]!)?.dims?.length);
    if (key === 'Dropout') return without(node, 'ratio');
    const moved = MOVED[key];
    const list = moved === undefined ? undefined : intsAttribute(node, moved, undefined);
    if (moved === undefined || list === undefined) return node;
    const name = fresh(`${node.outputs[0]}/${moved}`);
    added.push(makeTensor(name, [list.length], list, DataType.INT64));
    return { ...without(node, moved), inputs: [node.inputs[0]!, name] };
  });
  return {
    ...raised,
    graph: { ...model.graph, nodes, initializers: [...model.graph.initializers, ...added] },
  };
}

function raisedSet(set: OnnxModel['opsetImports'][number]): OnnxModel['opsetImports'][number] {
  return set.domain === '' || set.domain === 'ai.onnx' ? { ...set, version: TARGET } : set;
}

/** Before set 13 a softmax ran over all axes from its own on: the same where that is the last one. */
function oneAxis(node: OnnxNode, rank: number | undefined): OnnxNode {
  const axis = intAttribute(node, 'axis', 1);
  if (axis !== -1 && (rank === undefined || axis !== rank - 1)) throw flattened(node, axis);
  return withAttribute(node, 'axis', axis);
}

function withAttribute(node: OnnxNode, name: string, value: number): OnnxNode {
  return { ...without(node, name), attributes: [...without(node, name).attributes, { name, ...int(value) }] };
}

function without(node: OnnxNode, name: string): OnnxNode {
  return { ...node, attributes: node.attributes.filter((attribute) => attribute.name !== name) };
}

function flattened(node: OnnxNode, axis: number): SakeError {
  return new SakeError(
    'unsupported',
    `differentiate: expected ${node.opType} "${node.name}" of an old operator set to work along the last axis, got axis ${axis}; export the model again with operator set 13 or newer`,
    { details: { node: node.name } },
  );
}

function nested(node: OnnxNode, opset: number): SakeError {
  return new SakeError(
    'unsupported',
    `differentiate: expected no nested graphs in a model of operator set ${opset}, got ${node.opType} "${node.name}"; export the model again with operator set 13 or newer`,
    { details: { node: node.name } },
  );
}
