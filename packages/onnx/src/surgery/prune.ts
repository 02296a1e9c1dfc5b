import type { OnnxGraph, OnnxValueInfo } from '../ir.js';
import { tensorsRead } from './tensors-read.js';

/**
 * The part of a graph that its outputs need: nodes, initializers, inputs and descriptions. Nothing is copied.
 *
 * Initializers that are declared as inputs too are no longer, so that runtimes may take them as constant.
 */
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
  const initializers = graph.initializers.filter(isNeeded);
  const stored = new Set(initializers.map(({ name }) => name));
  return {
    ...graph,
    nodes,
    initializers,
    inputs: graph.inputs.filter((input) => isNeeded(input) && !stored.has(input.name)),
    outputs: [...outputs],
    valueInfo: graph.valueInfo.filter(isNeeded),
    ...(sparseInitializers === undefined
      ? {}
      : { sparseInitializers: sparseInitializers.filter(({ values }) => values && isNeeded(values)) }),
  };
}
