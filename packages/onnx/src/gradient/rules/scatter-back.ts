import { int, text } from '../../attributes.js';
import type { GradientGraph } from '../gradient-graph.js';

/**
 * The gradient of any operator that only picks elements of x: `pick` is applied to the places 0, 1, 2 … of x,
 * which says where each output value came from, and the gradient is put back there.
 *
 * @param distinct Whether no element is picked twice; otherwise the gradients of its copies are added.
 */
export function scatterBack(
  graph: GradientGraph,
  {
    gradient,
    x,
    distinct,
    pick,
  }: {
    gradient: string;
    x: string;
    distinct: boolean;
    pick: (places: string) => string;
  },
): string {
  const flat = graph.int64s([-1]);
  const size = graph.op('Size', [x]);
  const range = graph.op('Range', [graph.int64(0), size, graph.int64(1)]);
  const places = graph.op('Reshape', [pick(graph.reshapeAs(range, x)), flat]);
  const zeros = graph.filled(graph.op('Reshape', [size, flat]), 0, x);
  const values = graph.op('Reshape', [gradient, flat]);
  const attributes = { axis: int(0), ...(distinct ? {} : { reduction: text('add') }) };
  return graph.reshapeAs(graph.op('ScatterElements', [zeros, places, values], attributes), x);
}
