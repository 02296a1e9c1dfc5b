import type { OnnxGraph, OnnxValueInfo } from '../ir.js';
import { tensorsRead } from './graph-index.js';

/** The part of a graph that its outputs need: nodes, initializers, inputs and descriptions. Nothing is copied. */
export function prune(graph: OnnxGraph, outputs: readonly OnnxValueInfo[]): OnnxGraph {
  const needed = new Set(outputs.map(({ name }) => name));
  const nodes = graph.nodes
    .toReversed()
    .filter((node) => {
      const used = node.outputs.some((name) => needed.has(name));
      if (used) for (const name of tensorsRead(node)) needed.add(name);
      return used;
    })
    .reverse();
  const isNeeded = ({ name }: { readonly name: string }): boolean => needed.has(name);
  const { sparseInitializers } = graph;
  return {
    ...graph,
    nodes,
    initializers: graph.initializers.filter(isNeeded),
    inputs: graph.inputs.filter(isNeeded),
    outputs: [...outputs],
    valueInfo: graph.valueInfo.filter(isNeeded),
    ...(sparseInitializers === undefined
      ? {}
      : { sparseInitializers: sparseInitializers.filter(({ values }) => values && isNeeded(values)) }),
  };
}
