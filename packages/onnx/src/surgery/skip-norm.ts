import type { OnnxGraph, OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import type { GraphIndex } from './graph-index.js';

/** Norms that add the residual stream first; the sum, bias included, is their fourth output, which may be left out. */
const SKIP_NORMS: ReadonlyMap<string, { readonly bias: number }> = new Map([
  ['com.microsoft:SkipLayerNormalization', { bias: 4 }],
  ['com.microsoft:SkipSimplifiedLayerNormalization', { bias: 3 }],
]);
const SUM = 3;
const SUFFIX = '.sum';

export function isSkipNorm(node: OnnxNode): boolean {
  return SKIP_NORMS.has(operatorKey(node));
}

/** Name of the sum that a norm adds up first; where the node leaves this output out, the name `withSums` gives it. */
export function skipSum(node: OnnxNode): string {
  return node.outputs[SUM] || `${node.outputs[0]!}${SUFFIX}`;
}

/** The bias that a norm adds to its sum, if it has one. */
export function skipBias(node: OnnxNode): string | undefined {
  return node.inputs[SKIP_NORMS.get(operatorKey(node))?.bias ?? -1] || undefined;
}

/** The norm whose sum has that name. */
export function skipNormOf(index: GraphIndex, sum: string): OnnxNode | undefined {
  const node =
    index.producer(sum) ?? (sum.endsWith(SUFFIX) ? index.producer(sum.slice(0, -SUFFIX.length)) : undefined);
  return node && isSkipNorm(node) && skipSum(node) === sum ? node : undefined;
}

/** The graph with these sums among its tensors: norms that leave theirs out get the output in a copy of the node. */
export function withSums(graph: OnnxGraph, names: readonly string[]): OnnxGraph {
  const wanted = new Set(names);
  const nodes = graph.nodes.map((node) => {
    if (!isSkipNorm(node) || node.outputs[SUM] || !wanted.has(skipSum(node))) return node;
    const [first = '', mean = '', deviation = ''] = node.outputs;
    return { ...node, outputs: [first, mean, deviation, skipSum(node)] };
  });
  return nodes.every((node, i) => node === graph.nodes[i]) ? graph : { ...graph, nodes };
}
