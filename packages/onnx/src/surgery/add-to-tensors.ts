import { DataType, type OnnxGraph, type OnnxNode } from '../ir.js';
import type { GraphIndex } from './graph-index.js';
import { makeNodes } from './make-nodes.js';
import { skipNormOf } from './skip-norm.js';

/** A term for a tensor of a graph. */
export interface Addition {
  /** What it is added to; all that reads the tensor then reads the sum. */
  readonly tensor: string;
  /** Nodes that compute the term, from tensors that are there when `tensor` is. */
  readonly nodes: readonly OnnxNode[];
  /** A float32 tensor of the same shape. */
  readonly term: string;
}

/**
 * A graph in which tensors keep their names and have terms added to them.
 *
 * The sum of a norm that adds first is changed by way of what it adds, since it gives sum and norm at once.
 */
export function addToTensors(
  graph: OnnxGraph,
  index: GraphIndex,
  additions: readonly Addition[],
  fresh: (wanted: string) => string,
): OnnxGraph {
  let nodes: readonly OnnxNode[] = graph.nodes;
  for (const tensor of new Set(additions.map((addition) => addition.tensor))) {
    const own = additions.filter((addition) => addition.tensor === tensor);
    const norm = skipNormOf(index, tensor);
    const [read, output] = norm ? [norm.inputs[0]!, undefined] : [fresh(`${tensor}.plain`), tensor];
    const make = makeNodes(fresh);
    const total = own.map(({ term }) => term).reduce((one, other) => make.node('Add', [one, other]));
    const type = index.elementType(norm ? read : tensor);
    const sum = make.node('Add', [read, type === DataType.FLOAT ? total : make.cast(total, type)], output);
    const made = [...own.flatMap((addition) => addition.nodes), ...make.nodes];
    nodes = nodes.flatMap((node) => {
      if (norm ? !isCopyOf(node, norm) : !node.outputs.includes(tensor)) return [node];
      if (norm) return [...made, { ...node, inputs: [sum, ...node.inputs.slice(1)] }];
      return [{ ...node, outputs: node.outputs.map((name) => (name === tensor ? read : name)) }, ...made];
    });
  }
  return { ...graph, nodes: [...nodes] };
}

/** Whether a node gives what another gives: it may have got other inputs since. */
function isCopyOf(node: OnnxNode, other: OnnxNode): boolean {
  return node.outputs[0] === other.outputs[0];
}
