import { floatAttribute, int, intAttribute, intsAttribute } from '../../attributes.js';
import { DataType, type OnnxNode } from '../../ir.js';
import type { GradientGraph } from '../gradient-graph.js';
import { attend, causalPairs, joinHeads, keptKeys, splitHeads, withPast } from './attend.js';
import { optional, unsupportedForm, type FusedRule, type FusedRules } from './fused-rule.js';

/**
 * com.microsoft:Attention: projections of one input, then attention.
 *
 * A raw mask [batch, keys] or [batch, queries, keys] is supported, as are a past [2, batch, heads, past, size] and a
 * bias of the scores. Masked keys get no weight; the fused operator gives them some where it has no other key.
 */
const attention: FusedRule = {
  expand(node, graph) {
    const heads = intAttribute(node, 'num_heads', 0);
    if (intAttribute(node, 'do_rotary', 0) !== 0) throw unsupportedForm(node, 'without do_rotary', '1');
    const [query, key, value] = projected(node, graph).map((x) => splitHeads(graph, x, heads)) as [
      string,
      string,
      string,
    ];
    const past = optional(node, 4);
    const pastOf = (index: number): string | undefined =>
      past && graph.op('Gather', [past, graph.int64(index)], { axis: int(0) });
    const parts = {
      query,
      key: withPast(graph, pastOf(0), key),
      value: withPast(graph, pastOf(1), value),
    };
    const scale = floatAttribute(node, 'scale', 0);
    const result = attend(graph, parts, {
      heads,
      keyHeads: heads,
      scale: scale === 0 ? undefined : scale,
      bias: optional(node, 5),
      allowed: [
        intAttribute(node, 'unidirectional', 0) === 0 ? undefined : causalPairs(graph, parts),
        rawMask(node, graph, optional(node, 3)),
      ],
    });
    const present = [parts.key, parts.value].map((x) => graph.op('Unsqueeze', [x, graph.int64s([0])]));
    return [joinHeads(graph, result), graph.op('Concat', present, { axis: int(0) })];
  },
};

/** x W + b as query, key and value, [batch, tokens, width] each. */
function projected(node: OnnxNode, graph: GradientGraph): string[] {
  const [x, weights] = node.inputs as [string, string];
  const bias = optional(node, 2);
  const product = graph.op('MatMul', [x, weights]);
  const sum = bias === undefined ? product : graph.op('Add', [product, bias]);
  const stated = intsAttribute(node, 'qkv_hidden_sizes', undefined);
  const width = graph.dims(weights)?.at(-1) ?? (bias && graph.dims(bias)?.[0]);
  if (stated === undefined && typeof width !== 'number')
    throw unsupportedForm(node, 'to have weights of known width', 'a free one');
  const third = (width as number) / 3;
  const sizes = stated ?? [third, third, third];
  return graph.ops('Split', [sum, graph.int64s(sizes)], { axis: int(-1) }, 3);
}

/** Truth values of a raw mask, broadcast to [batch, heads, queries, keys]. */
export function rawMask(node: OnnxNode, graph: GradientGraph, mask: string | undefined): string | undefined {
  if (mask === undefined) return undefined;
  const rank = graph.dims(mask)?.length;
  if (rank === 2) return keptKeys(graph, mask);
  if (rank === 3) {
    const kept = graph.op('Cast', [mask], { to: int(DataType.BOOL) });
    return graph.op('Unsqueeze', [kept, graph.int64s([1])]);
  }
  throw unsupportedForm(
    node,
    'to have a mask of 2 or 3 axes',
    rank === undefined ? 'an unknown one' : `${rank}`,
  );
}

export const attentionExpansions: FusedRules = { 'com.microsoft:Attention': attention };
