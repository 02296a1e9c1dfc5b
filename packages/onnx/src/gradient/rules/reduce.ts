import { SakeError } from '@sakejs/spec';
import { int, intAttribute, intsAttribute } from '../../attributes.js';
import { fromFront, knownNumbers } from '../facts/tensor-facts.js';
import type { GradientCall, GradientRule } from '../gradient-rule.js';
import { unary } from './arithmetic.js';

/** How a reduction names its axes: an input, an attribute, or all of them. */
interface Axes {
  readonly input: string | undefined;
  readonly attribute: number[] | undefined;
  /** Every axis is reduced. */
  readonly all: boolean;
  /** No axis is: `noop_with_empty_axes`. */
  readonly none: boolean;
}

function axesOf({ graph, node }: GradientCall): Axes {
  const input = node.inputs[1] === '' ? undefined : node.inputs[1];
  const attribute = intsAttribute(node, 'axes', undefined);
  const count = input === undefined ? (attribute?.length ?? 0) : graph.dims(input)?.[0];
  const noop = intAttribute(node, 'noop_with_empty_axes', 0) !== 0;
  if (typeof count !== 'number' && (noop || intAttribute(node, 'keepdims', 1) === 0))
    throw new SakeError(
      'unsupported',
      `differentiate: expected the number of axes of ${node.opType} "${node.name}" to be known, got none; give the shape of "${input}" in the option shapes`,
    );
  return { input, attribute, all: count === 0 && !noop, none: count === 0 && noop };
}

/** A reduced tensor with the reduced axes back as ones. */
function keptDims({ graph, node }: GradientCall, reduced: string, axes: Axes): string {
  if (intAttribute(node, 'keepdims', 1) !== 0 || axes.all) return reduced;
  return graph.op('Unsqueeze', [reduced, axes.input ?? graph.int64s(axes.attribute ?? [])]);
}

/** A rule that gets the gradient and the output in a shape that broadcasts against x. */
function reduction(
  derive: (call: GradientCall, g: string, x: string, y: () => string, axes: Axes) => string,
): GradientRule {
  return unary((call, g, x, y) => {
    const axes = axesOf(call);
    if (axes.none) return g;
    return derive(call, keptDims(call, g, axes), x, () => keptDims(call, y, axes), axes);
  });
}

function expand({ graph }: GradientCall, g: string, x: string): string {
  return graph.op('Expand', [g, graph.shapeOf(x)]);
}

const mean = reduction((call, g, x, _, axes) => {
  const { graph, node } = call;
  const dims = graph.dims(x);
  const list = axes.all ? dims?.map((_, axis) => axis) : (axes.attribute ?? graph.values(axes.input));
  const sizes = knownNumbers(dims && list?.map((axis) => dims[fromFront(axis, dims.length)]));
  if (sizes !== undefined) return expand(call, graph.scale(g, 1 / sizes.reduce((a, b) => a * b, 1)), x);
  const count = graph.op('Div', [graph.op('Size', [x]), graph.op('Size', [node.outputs[0]])]);
  return expand(call, graph.op('Div', [g, graph.indicator(count, g)]), x);
});

/** To the values that equal the extreme, in equal parts where several tie. */
const extreme = reduction((call, g, x, y, axes) => {
  const { graph } = call;
  const chosen = graph.indicator(graph.op('Equal', [x, y()]), x);
  const list = axes.input ?? (axes.attribute && graph.int64s(axes.attribute));
  const ties = graph.op('ReduceSum', list === undefined ? [chosen] : [chosen, list], { keepdims: int(1) });
  return graph.op('Mul', [chosen, graph.op('Div', [g, ties])]);
});

/** The transpose of a running sum runs the other way. */
const cumSum = unary(({ graph, node }, g) =>
  graph.op('CumSum', [g, node.inputs[1]], {
    exclusive: int(intAttribute(node, 'exclusive', 0)),
    reverse: int(1 - intAttribute(node, 'reverse', 0)),
  }),
);

export const reduceRules: Readonly<Record<string, GradientRule>> = {
  ReduceSum: reduction(expand),
  ReduceMean: mean,
  ReduceMax: extreme,
  ReduceMin: extreme,
  ReduceSumSquare: reduction(({ graph }, g, x) => graph.op('Mul', [x, graph.scale(g, 2)])),
  // x / ‖x‖
  ReduceL2: reduction(({ graph }, g, x, y) => graph.op('Mul', [x, graph.op('Div', [g, y()])])),
  CumSum: cumSum,
};
