import { int, intAttribute } from '../../attributes.js';
import { DataType, type OnnxNode } from '../../ir.js';
import type { GradientGraph } from '../gradient-graph.js';
import { joinHeads, rangeOf, sizeOf, splitHeads } from './attend.js';
import { optional, unsupportedForm, type FusedRule, type FusedRules } from './fused-rule.js';

export interface RotaryTablesOf {
  /** [positions, size / 2], or where `positions` is undefined [batch, tokens, size / 2]. */
  readonly cos: string;
  readonly sin: string;
  /** INT64 or INT32: [tokens] or [batch, tokens]. */
  readonly positions: string | undefined;
  /** Whether pairs lie side by side, not half a head apart. */
  readonly interleaved: boolean;
}

/**
 * Rotates pairs of a head by their position's angles: (x cos − y sin, y cos + x sin).
 *
 * The tables' width says how much of a head takes part; the rest is passed on.
 *
 * @param x [batch, heads, tokens, size]
 */
export function rotate(node: OnnxNode, graph: GradientGraph, x: string, tables: RotaryTablesOf): string {
  const half = graph.dims(tables.cos)?.at(-1);
  if (typeof half !== 'number') throw unsupportedForm(node, 'to have tables of known width', 'a free one');
  const [cos, sin] = [tables.cos, tables.sin].map((table) => {
    const { positions } = tables;
    const rows = positions === undefined ? table : graph.op('Gather', [table, positions]);
    const perSequence = positions === undefined || graph.rank(positions) === 2;
    return graph.op('Unsqueeze', [rows, graph.int64s(perSequence ? [1] : [0, 1])]);
  }) as [string, string];
  const part = (from: number, to: number): string =>
    graph.op('Slice', [x, graph.int64s([from]), graph.int64s([to]), graph.int64s([-1])]);
  const size = graph.dims(x)?.at(-1);
  const whole = size === 2 * half;
  const turned = whole ? x : part(0, 2 * half);
  const [first, second] = tables.interleaved
    ? sideBySide(graph, turned, half)
    : [part(0, half), part(half, 2 * half)];
  const a = graph.op('Sub', [graph.op('Mul', [first, cos]), graph.op('Mul', [second, sin])]);
  const b = graph.op('Add', [graph.op('Mul', [second, cos]), graph.op('Mul', [first, sin])]);
  const result = tables.interleaved
    ? interleave(graph, a, b, half)
    : graph.op('Concat', [a, b], { axis: int(-1) });
  return whole
    ? result
    : graph.op('Concat', [result, part(2 * half, Number.MAX_SAFE_INTEGER)], { axis: int(-1) });
}

function sideBySide(graph: GradientGraph, x: string, half: number): [string, string] {
  const pairs = graph.op('Reshape', [x, graph.int64s([0, 0, -1, half, 2])]);
  const pick = (index: number): string => graph.op('Gather', [pairs, graph.int64(index)], { axis: int(-1) });
  return [pick(0), pick(1)];
}

function interleave(graph: GradientGraph, a: string, b: string, half: number): string {
  const columns = [a, b].map((x) => graph.op('Unsqueeze', [x, graph.int64s([-1])]));
  const pairs = graph.op('Concat', columns, { axis: int(-1) });
  return graph.op('Reshape', [pairs, graph.int64s([0, 0, -1, 2 * half])]);
}

/** Applies `turn` by head to [batch, heads, tokens, size] or [batch, tokens, heads · size]. */
function byHead(
  node: OnnxNode,
  graph: GradientGraph,
  x: string,
  heads: number,
  turn: (x: string) => string,
): string {
  const rank = graph.rank(x);
  if (rank === 4) return turn(x);
  if (rank !== 3) throw unsupportedForm(node, 'to rotate a tensor of 3 or 4 axes', `${rank}`);
  if (heads === 0) throw unsupportedForm(node, 'to state num_heads for an input of 3 axes', 'none');
  return joinHeads(graph, turn(splitHeads(graph, x, heads)));
}

/** Number of heads, stated or from the size of a head. */
function headsOf(node: OnnxNode, graph: GradientGraph, x: string, table: string): number {
  const stated = intAttribute(node, 'num_heads', 0);
  const [width, half] = [graph.dims(x)?.at(-1), graph.dims(table)?.at(-1)];
  if (stated > 0 || graph.rank(x) === 4) return stated;
  return typeof width === 'number' && typeof half === 'number' ? width / (2 * half) : 0;
}

/** x, position ids [batch, tokens] or one offset [1], cos, sin */
const microsoft: FusedRule = {
  expand(node, graph) {
    const [x, ids, cos, sin] = node.inputs as [string, string, string, string];
    const heads = headsOf(node, graph, x, cos);
    const turn = (rows: string): string => {
      const positions = graph.rank(ids) === 2 ? ids : offsets(graph, ids, rows);
      const interleaved = intAttribute(node, 'interleaved', 0) !== 0;
      return rotate(node, graph, rows, { cos, sin, positions, interleaved });
    };
    return [byHead(node, graph, x, heads, turn)];
  },
};

/** offset + 0, 1, 2 … for the tokens of [batch, heads, tokens, size] */
function offsets(graph: GradientGraph, offset: string, rows: string): string {
  const wide = graph.op('Cast', [offset], { to: int(DataType.INT64) });
  return graph.op('Add', [rangeOf(graph, graph.int64(0), sizeOf(graph, rows, 2)), wide]);
}

/** x, cos, sin, position ids; without these the tables are of the tokens themselves */
const standard: FusedRule = {
  expand(node, graph) {
    const [x, cos, sin] = node.inputs as [string, string, string];
    const tables = {
      cos,
      sin,
      positions: optional(node, 3),
      interleaved: intAttribute(node, 'interleaved', 0) !== 0,
    };
    return [
      byHead(node, graph, x, headsOf(node, graph, x, cos), (rows) => rotate(node, graph, rows, tables)),
    ];
  },
};

export const rotaryExpansions: FusedRules = {
  'com.microsoft:RotaryEmbedding': microsoft,
  RotaryEmbedding: standard,
};
