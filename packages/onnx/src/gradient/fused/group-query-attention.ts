import { floatAttribute, int, intAttribute } from '../../attributes.js';
import type { OnnxNode } from '../../ir.js';
import type { GradientGraph } from '../gradient-graph.js';
import { attend, causalPairs, joinHeads, rangeOf, sizeOf, splitHeads, withPast } from './attend.js';
import { optional, unsupportedForm, type FusedRule, type FusedRules } from './fused-rule.js';
import { rotate } from './rotary-embedding.js';

/** Inputs that change what is computed and have no expansion: index and name. */
const REFUSED: readonly [number, string][] = [
  [11, 'head_sink'],
  [12, 'k_scale'],
  [13, 'v_scale'],
];

/**
 * com.microsoft:GroupQueryAttention over a cache that is full: keys are the past's and then the new ones.
 *
 * Rows that are padded on the right are right where they hold tokens. A past that is padded, with several rows of
 * different lengths in one buffer, is not told apart from a full one.
 */
const groupQueryAttention: FusedRule = {
  expand(node, graph) {
    const [heads, keyHeads] = [intAttribute(node, 'num_heads', 0), intAttribute(node, 'kv_num_heads', 0)];
    for (const [index, name] of REFUSED)
      if (optional(node, index) !== undefined) throw unsupportedForm(node, `without ${name}`, 'one');
    for (const name of ['smooth_softmax', 'qk_output', 'k_quant_type'])
      if (intAttribute(node, name, 0) > 0)
        throw unsupportedForm(node, `without ${name}`, `${intAttribute(node, name, 0)}`);
    const [query, key, value] = separate(node, graph, heads, keyHeads).map((x, i) =>
      splitHeads(graph, x, i === 0 ? heads : keyHeads),
    ) as [string, string, string];
    const [pastKey, pastValue] = [optional(node, 3), optional(node, 4)];
    const turned = rotated(node, graph, query, key, pastKey);
    const parts = {
      query: turned.query,
      key: withPast(graph, pastKey, turned.key),
      value: withPast(graph, pastValue, value),
    };
    const window = intAttribute(node, 'local_window_size', -1);
    const scale = floatAttribute(node, 'scale', 0);
    const result = attend(graph, parts, {
      heads,
      keyHeads,
      scale: scale === 0 ? undefined : scale,
      softcap: floatAttribute(node, 'softcap', 0),
      bias: optional(node, 10),
      allowed: [causalPairs(graph, parts, window > 0 ? window : undefined)],
    });
    return [joinHeads(graph, result), parts.key, parts.value];
  },
};

/** Query, key and value [batch, tokens, width], taken apart where they come in one tensor. */
function separate(node: OnnxNode, graph: GradientGraph, heads: number, keyHeads: number): string[] {
  const [query, key, value] = [0, 1, 2].map((index) => optional(node, index)) as [string, string?, string?];
  if (key !== undefined && value !== undefined) return [query, key, value];
  const width = graph.dims(query)?.at(-1);
  if (typeof width !== 'number')
    throw unsupportedForm(node, 'to have a packed input of known width', 'a free one');
  const size = width / (heads + 2 * keyHeads);
  const sizes = graph.int64s([heads * size, keyHeads * size, keyHeads * size]);
  return graph.ops('Split', [query, sizes], { axis: int(-1) }, 3);
}

function rotated(
  node: OnnxNode,
  graph: GradientGraph,
  query: string,
  key: string,
  past: string | undefined,
): { query: string; key: string } {
  if (intAttribute(node, 'do_rotary', 0) === 0) return { query, key };
  const [cos, sin] = [optional(node, 7), optional(node, 8)];
  if (cos === undefined || sin === undefined)
    throw unsupportedForm(node, 'to have cos_cache and sin_cache', 'none');
  const start = past === undefined ? graph.int64(0) : sizeOf(graph, past, 2);
  const end = graph.op('Add', [start, sizeOf(graph, query, 2)]);
  const positions = optional(node, 9) ?? rangeOf(graph, start, end);
  const interleaved = intAttribute(node, 'rotary_interleaved', 0) !== 0;
  const tables = { cos, sin, positions, interleaved };
  return { query: rotate(node, graph, query, tables), key: rotate(node, graph, key, tables) };
}

export const groupQueryExpansions: FusedRules = {
  'com.microsoft:GroupQueryAttention': groupQueryAttention,
};
