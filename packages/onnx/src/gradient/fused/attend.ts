import { int, ints } from '../../attributes.js';
import { DataType } from '../../ir.js';
import type { GradientGraph } from '../gradient-graph.js';

/** Queries, keys and values by head. */
export interface Heads {
  /** [batch, heads, queries, size] */
  readonly query: string;
  /** [batch, key-value heads, keys, size], the past in front. */
  readonly key: string;
  /** [batch, key-value heads, keys, value size] */
  readonly value: string;
}

export interface AttendOptions {
  /** Heads of the queries and of keys and values; each of the latter serves a group of the former. */
  readonly heads: number;
  readonly keyHeads: number;
  /** Factor of the scores; 1 / sqrt(size) where undefined. */
  readonly scale?: number | undefined;
  /** Scores s become c tanh(s / c); 0 for none. */
  readonly softcap?: number;
  /** Added to the scores, broadcast to [batch, heads, queries, keys]. */
  readonly bias?: string | undefined;
  /** Truth values of the pairs that count, broadcast likewise. */
  readonly allowed?: readonly (string | undefined)[];
  /** What the scores of other pairs become. */
  readonly masked?: number;
}

/** Below every score; finite, so that a row without any key stays finite too. */
const LOWEST = -1e30;

/**
 * softmax(scale q kᵀ + bias) v in primitive operators.
 *
 * @returns [batch, heads, queries, value size]
 */
export function attend(graph: GradientGraph, { query, key, value }: Heads, options: AttendOptions): string {
  const { heads, keyHeads, softcap = 0, bias, allowed = [], masked = LOWEST } = options;
  const [keys, values] = [key, value].map((x) => repeated(graph, x, heads / keyHeads)) as [string, string];
  const columns = graph.op('Transpose', [keys], { perm: ints([0, 1, 3, 2]) });
  const product = graph.op('MatMul', [query, columns]); // [batch, heads, queries, keys]
  let scores =
    options.scale === undefined
      ? graph.op('Div', [product, rootSize(graph, query)])
      : graph.scale(product, options.scale);
  if (softcap > 0) scores = graph.scale(graph.op('Tanh', [graph.scale(scores, 1 / softcap)]), softcap);
  if (bias !== undefined) scores = graph.op('Add', [scores, bias]);
  for (const pairs of allowed)
    if (pairs !== undefined) scores = graph.op('Where', [pairs, scores, graph.scalar(masked, scores)]);
  return graph.op('MatMul', [graph.op('Softmax', [scores], { axis: int(-1) }), values]);
}

/** Each head `times` times in a row: [b, h, t, d] -> [b, h · times, t, d]. */
function repeated(graph: GradientGraph, x: string, times: number): string {
  if (times === 1) return x;
  const heads = graph.dims(x)?.[1];
  const copies = graph.op('Expand', [
    graph.op('Unsqueeze', [x, graph.int64s([2])]),
    graph.int64s([1, 1, times, 1, 1]),
  ]);
  const shape = graph.op('Shape', [x]);
  const part = (from: number, to: number): string =>
    graph.op('Slice', [shape, graph.int64s([from]), graph.int64s([to])]);
  const count =
    typeof heads === 'number'
      ? graph.int64s([heads * times])
      : graph.op('Mul', [part(1, 2), graph.int64s([times])]);
  return graph.op('Reshape', [copies, graph.op('Concat', [part(0, 1), count, part(2, 4)], { axis: int(0) })]);
}

/** √ of the last axis' size, a scalar in the type of x. */
function rootSize(graph: GradientGraph, x: string): string {
  const size = graph.dims(x)?.at(-1);
  if (typeof size === 'number') return graph.scalar(Math.sqrt(size), x);
  const found = graph.op('Gather', [graph.op('Shape', [x]), graph.int64(-1)]);
  return graph.op('Sqrt', [graph.indicator(found, x)]);
}

/** [batch, tokens, heads · size] -> [batch, heads, tokens, size] */
export function splitHeads(graph: GradientGraph, x: string, heads: number): string {
  const width = graph.dims(x)?.at(-1);
  const size = typeof width === 'number' ? width / heads : -1;
  const parts = graph.op('Reshape', [x, graph.int64s([0, 0, heads, size])]);
  return graph.op('Transpose', [parts], { perm: ints([0, 2, 1, 3]) });
}

/** [batch, heads, tokens, size] -> [batch, tokens, heads · size] */
export function joinHeads(graph: GradientGraph, x: string): string {
  const rows = graph.op('Transpose', [x], { perm: ints([0, 2, 1, 3]) });
  return graph.op('Reshape', [rows, graph.int64s([0, 0, -1])]);
}

/** The past of an optional cache in front: [batch, heads, past + tokens, size]. */
export function withPast(graph: GradientGraph, past: string | undefined, x: string): string {
  return past === undefined ? x : graph.op('Concat', [past, x], { axis: int(2) });
}

/** Size of an axis, an INT64 scalar. */
export function sizeOf(graph: GradientGraph, x: string, axis: number): string {
  const size = graph.dims(x)?.[axis];
  return typeof size === 'number'
    ? graph.int64(size)
    : graph.op('Gather', [graph.op('Shape', [x]), graph.int64(axis)]);
}

/** Numbers from `start` to `end`, an INT64 vector. */
export function rangeOf(graph: GradientGraph, start: string, end: string): string {
  return graph.op('Range', [start, end, graph.int64(1)]);
}

/**
 * Truth values [queries, keys] of the pairs in which a query sees a key: those up to its own place, and no more than
 * `window` of them where a window is given.
 */
export function causalPairs(graph: GradientGraph, { query, key }: Heads, window?: number): string {
  const [queries, keys] = [sizeOf(graph, query, 2), sizeOf(graph, key, 2)];
  const past = graph.op('Sub', [keys, queries]);
  const rows = graph.op('Unsqueeze', [rangeOf(graph, past, keys), graph.int64s([1])]);
  const columns = graph.op('Unsqueeze', [rangeOf(graph, graph.int64(0), keys), graph.int64s([0])]);
  const seen = graph.op('LessOrEqual', [columns, rows]);
  if (window === undefined) return seen;
  const near = graph.op('Greater', [columns, graph.op('Sub', [rows, graph.int64(window)])]);
  return graph.op('And', [seen, near]);
}

/** Truth values [batch, 1, 1, keys] of a mask [batch, keys] of ones and zeros. */
export function keptKeys(graph: GradientGraph, mask: string): string {
  const kept = graph.op('Cast', [mask], { to: int(DataType.BOOL) });
  return graph.op('Unsqueeze', [kept, graph.int64s([1, 2])]);
}
