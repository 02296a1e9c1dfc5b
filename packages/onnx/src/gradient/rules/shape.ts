import { int, intAttribute, ints, intsAttribute } from '../../attributes.js';
import type { GradientRule } from '../gradient-rule.js';
import { unbroadcast } from '../unbroadcast.js';
import { unary } from './arithmetic.js';

/** Reshape, Flatten, Squeeze, Unsqueeze: the same values in the input's shape. */
const reshaped = unary(({ graph }, g, x) => graph.reshapeAs(g, x));

const transpose = unary(({ graph, node }, g) => {
  const order = intsAttribute(node, 'perm', undefined);
  if (order === undefined) return graph.op('Transpose', [g]);
  return graph.op('Transpose', [g], { perm: ints(order.map((_, axis) => order.indexOf(axis))) });
});

const trilu = unary(({ graph, node }, g) =>
  graph.op('Trilu', [g, node.inputs[1]], { upper: int(intAttribute(node, 'upper', 1)) }),
);

/** Sums the copies: [r0 d0, r1 d1 …] as [r0, d0, r1, d1 …], summed over every r. */
const tile = unary(({ graph, node }, g, x) => {
  const rank = graph.rank(x);
  const pairs = [node.inputs[1]!, graph.shapeOf(x)].map((list) =>
    graph.op('Unsqueeze', [list, graph.int64s([1])]),
  );
  const interleaved = graph.op('Reshape', [graph.op('Concat', pairs, { axis: int(1) }), graph.int64s([-1])]);
  const copies = Array.from({ length: rank }, (_, axis) => 2 * axis);
  return graph.reshapeAs(graph.reduceSum(graph.op('Reshape', [g, interleaved]), copies, false), x);
});

export const shapeRules: Readonly<Record<string, GradientRule>> = {
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Transpose: transpose,
  Expand: unary(({ graph }, g, x) => unbroadcast(graph, g, x)),
  Tile: tile,
  Trilu: trilu,
};
