import { floatAttribute, int, intAttribute } from '../../attributes.js';
import type { OnnxNode } from '../../ir.js';
import type { GradientGraph } from '../gradient-graph.js';
import { attend, causalPairs, joinHeads, splitHeads, withPast } from './attend.js';
import { rawMask } from './attention.js';
import { optional, unsupportedForm, type FusedRule, type FusedRules } from './fused-rule.js';

/** com.microsoft:MultiHeadAttention with separate query, key and value. */
const multiHeadAttention: FusedRule = {
  expand(node, graph) {
    const heads = intAttribute(node, 'num_heads', 0);
    const { query, key, value } = operands(node, graph, heads);
    const parts = {
      query,
      key: withPast(graph, optional(node, 6), key),
      value: withPast(graph, optional(node, 7), value),
    };
    for (const index of [8, 9])
      if (optional(node, index) !== undefined) throw unsupportedForm(node, 'without a shared cache', 'one');
    const scale = floatAttribute(node, 'scale', 0);
    const result = attend(graph, parts, {
      heads,
      keyHeads: heads,
      scale: scale === 0 ? undefined : scale,
      bias: optional(node, 5),
      allowed: [
        intAttribute(node, 'unidirectional', 0) === 0 ? undefined : causalPairs(graph, parts),
        rawMask(node, graph, optional(node, 4)),
      ],
    });
    return [joinHeads(graph, result), parts.key, parts.value];
  },
};

/** Query, key and value with their biases, by head. */
function operands(
  node: OnnxNode,
  graph: GradientGraph,
  heads: number,
): { query: string; key: string; value: string } {
  const names = [0, 1, 2].map((index) => optional(node, index));
  const [query, key, value] = names;
  if (query === undefined || key === undefined || value === undefined)
    throw unsupportedForm(node, 'to have query, key and value apart', 'packed ones');
  const bias = optional(node, 3);
  const biases =
    bias === undefined
      ? []
      : graph.ops('Split', [bias, biasSizes(node, graph, names as string[])], { axis: int(0) }, 3);
  const byHead = names.map((name, i) => {
    // Keys and values of cross-attention may come by head already.
    if (graph.rank(name!) === 4) return name!;
    return splitHeads(graph, biases[i] === undefined ? name! : graph.op('Add', [name, biases[i]]), heads);
  });
  return { query: byHead[0]!, key: byHead[1]!, value: byHead[2]! };
}

function biasSizes(node: OnnxNode, graph: GradientGraph, names: readonly string[]): string {
  const sizes = names.map((name) => graph.dims(name)?.at(-1));
  if (!sizes.every((size) => typeof size === 'number'))
    throw unsupportedForm(node, 'to have inputs of known width', 'a free one');
  return graph.int64s(sizes);
}

export const multiHeadExpansions: FusedRules = { 'com.microsoft:MultiHeadAttention': multiHeadAttention };
