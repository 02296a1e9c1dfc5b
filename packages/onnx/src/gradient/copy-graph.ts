import type { OnnxGraph } from '../ir.js';

/** A copy that can be appended to: tensors are shared, nodes and lists are not. */
export function copyGraph(graph: OnnxGraph): OnnxGraph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({ ...node, outputs: [...node.outputs] })),
    initializers: [...graph.initializers],
    inputs: [...graph.inputs],
    outputs: [...graph.outputs],
  };
}

/** Names of all inputs, initializers and node outputs. */
export function tensorNames(graph: OnnxGraph): string[] {
  return [
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== '')),
  ];
}
