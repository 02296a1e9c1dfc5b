import { subgraphs } from '../attributes.js';
import type { OnnxGraph, OnnxNode } from '../ir.js';

/** Every tensor that a node reads of the graph it is in: its inputs and what its nested graphs take from outside. */
export function tensorsRead(node: OnnxNode): string[] {
  const names = new Set(node.inputs);
  for (const graph of subgraphs(node)) for (const name of outerTensors(graph)) names.add(name);
  names.delete('');
  return [...names];
}

/** What a nested graph reads without making it: tensors of the graphs around it. */
export function outerTensors(graph: OnnxGraph): Set<string> {
  const own = new Set(tensorsMade(graph));
  const outer = new Set<string>();
  const read = (name: string): void => {
    if (!own.has(name)) outer.add(name);
  };
  for (const node of graph.nodes) tensorsRead(node).forEach(read);
  for (const { name } of graph.outputs) read(name);
  return outer;
}

/** Names that a graph itself provides: inputs, initializers and what its nodes make. */
export function tensorsMade(graph: OnnxGraph): string[] {
  return [
    ...graph.inputs.map(({ name }) => name),
    ...constantTensors(graph),
    ...graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== '')),
  ];
}

/** Names of a graph's initializers, sparse ones included. */
export function constantTensors(graph: OnnxGraph): string[] {
  return [
    ...graph.initializers.map(({ name }) => name),
    ...(graph.sparseInitializers ?? []).flatMap(({ values }) => (values ? [values.name] : [])),
  ];
}
