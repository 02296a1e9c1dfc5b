import { int } from '../attributes.js';
import type { Dimension } from '../graph-builder.js';
import { sameDims, type GradientGraph } from './gradient-graph.js';

/**
 * The gradient of a tensor that was broadcast: `gradient` summed over the axes along which it was repeated,
 * in the tensor's own shape.
 *
 * With known shapes one ReduceSum over fixed axes, or nothing; otherwise the axes are computed from the two
 * shapes when the graph runs.
 */
export function unbroadcast(graph: GradientGraph, gradient: string, target: string): string {
  const [from, to] = [graph.dims(gradient), graph.dims(target)];
  if (sameDims(from, to)) return gradient;
  const axes = from && to && repeatedAxes(from, to);
  if (axes === undefined) return dynamicUnbroadcast(graph, gradient, target);
  if (axes.length === 0) return gradient;
  const missing = from!.length - to!.length;
  if (axes.every((axis) => axis < missing)) return graph.reduceSum(gradient, axes, false);
  const kept = graph.reduceSum(gradient, axes, true);
  return missing === 0
    ? kept
    : graph.op('Squeeze', [kept, graph.int64s(Array.from({ length: missing }, (_, axis) => axis))]);
}

/** The axes to sum over, undefined when the sizes known do not tell. */
function repeatedAxes(from: readonly Dimension[], to: readonly Dimension[]): number[] | undefined {
  const missing = from.length - to.length;
  const axes: number[] = [];
  for (const [axis, size] of from.entries()) {
    const target = axis < missing ? undefined : to[axis - missing];
    // Summing over an axis that happens to have size 1 changes nothing, so an unknown size may be summed.
    if (axis < missing || (target === 1 && size !== 1)) axes.push(axis);
    else if (typeof target !== 'number' && (target === undefined || target !== size)) return undefined;
  }
  return axes;
}

/** Aligns the target's shape to the gradient's rank with ones and sums where they differ. */
function dynamicUnbroadcast(graph: GradientGraph, gradient: string, target: string): string {
  const shape = graph.shapeOf(target);
  const from = graph.op('Shape', [gradient]);
  const ranks = [from, shape].map((list) => graph.op('Shape', [list]));
  const ones = graph.op('Expand', [graph.int64s([1]), graph.op('Sub', ranks)]);
  const aligned = graph.op('Concat', [ones, shape], { axis: int(0) });
  const differs = graph.op('Not', [graph.op('Equal', [from, aligned])]);
  const axes = graph.op('Reshape', [graph.op('NonZero', [differs]), graph.int64s([-1])]);
  const summed = graph.op('ReduceSum', [gradient, axes], { keepdims: int(1), noop_with_empty_axes: int(1) });
  return graph.reshapeAs(summed, target);
}
