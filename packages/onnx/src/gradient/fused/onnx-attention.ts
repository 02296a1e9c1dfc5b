import { floatAttribute, intAttribute } from '../../attributes.js';
import { DataType } from '../../ir.js';
import { attend, causalPairs, joinHeads, splitHeads, withPast } from './attend.js';
import { optional, unsupportedForm, type FusedRule, type FusedRules } from './fused-rule.js';

/** Attention of operator set 23, over [batch, heads, tokens, size] or [batch, tokens, heads · size]. */
const attention: FusedRule = {
  expand(node, graph) {
    const [first, second] = node.inputs as [string, string];
    const flat = graph.rank(first) === 3;
    const count = (attribute: string, name: string): number => {
      const stated = intAttribute(node, attribute, 0);
      const found = stated > 0 ? stated : flat ? undefined : graph.dims(name)?.[1];
      if (typeof found !== 'number') throw unsupportedForm(node, `to state ${attribute}`, 'none');
      return found;
    };
    const [heads, keyHeads] = [count('q_num_heads', first), count('kv_num_heads', second)];
    const [query, key, value] = [0, 1, 2].map((index) =>
      flat ? splitHeads(graph, node.inputs[index]!, index === 0 ? heads : keyHeads) : node.inputs[index]!,
    ) as [string, string, string];
    const parts = {
      query,
      key: withPast(graph, optional(node, 4), key),
      value: withPast(graph, optional(node, 5), value),
    };
    if (optional(node, 6) !== undefined)
      throw unsupportedForm(node, 'without lengths that are not padded', 'some');
    const mask = optional(node, 3);
    const isTruth = mask !== undefined && graph.dtype(mask) === DataType.BOOL;
    const result = attend(graph, parts, {
      heads,
      keyHeads,
      scale: floatAttribute(node, 'scale', undefined),
      softcap: floatAttribute(node, 'softcap', 0),
      bias: isTruth ? undefined : mask,
      allowed: [
        intAttribute(node, 'is_causal', 0) === 0 ? undefined : causalPairs(graph, parts),
        isTruth ? mask : undefined,
      ],
    });
    return [flat ? joinHeads(graph, result) : result, parts.key, parts.value];
  },
};

export const onnxAttentionExpansions: FusedRules = { Attention: attention };
