import { int } from '../../attributes.js';
import type { GradientCall, GradientRule } from '../gradient-rule.js';
import { unbroadcast } from '../unbroadcast.js';

type Inputs = readonly [string, string];

/** A rule for two broadcast inputs: the gradient before summing over repeated axes, for each. */
function binary(
  left: (call: GradientCall, g: string, inputs: Inputs) => string | undefined,
  right: (call: GradientCall, g: string, inputs: Inputs) => string | undefined,
): GradientRule {
  return {
    backward(call) {
      const inputs = call.node.inputs as unknown as Inputs;
      return [left, right].map((rule, i) => {
        const gradient = call.wants(i) ? rule(call, call.gradients[0]!, inputs) : undefined;
        return gradient && unbroadcast(call.graph, gradient, inputs[i]!);
      });
    },
  };
}

/** A rule for one input x with output y. */
export function unary(
  derive: (call: GradientCall, g: string, x: string, y: string) => string | undefined,
): GradientRule {
  return {
    inputs: [0],
    backward: (call) => [derive(call, call.gradients[0]!, call.node.inputs[0]!, call.node.outputs[0]!)],
  };
}

/** d/da = g / b, d/db = -g y / b */
const divide = binary(
  ({ graph }, g, [, b]) => graph.op('Div', [g, b]),
  ({ graph, node }, g, [, b]) =>
    graph.op('Neg', [graph.op('Mul', [graph.op('Div', [g, b]), node.outputs[0]])]),
);

/** d/dx = g p xᵖ⁻¹, d/dp = g y ln x */
const power = binary(
  ({ graph, node }, g, [x, p]) => {
    const values = graph.values(p);
    if (values?.length === 1) return constantPower(graph, g, x, node.outputs[0]!, values[0]!);
    const lower = graph.op('Pow', [x, graph.op('Sub', [p, graph.scalar(1, p)])]);
    const slope = graph.op('Mul', [lower, p]);
    // 0 · 0⁻¹ is not a number, but the slope of x⁰ is 0 everywhere.
    const flat = graph.op('Equal', [p, graph.scalar(0, p)]);
    return graph.op('Mul', [g, graph.op('Where', [flat, graph.scalar(0, x), slope])]);
  },
  ({ graph, node }, g, [x]) => {
    // At x = 0 the slope is 0, not 0 · ln 0.
    const zero = graph.op('Equal', [x, graph.scalar(0, x)]);
    const log = graph.op('Log', [graph.op('Where', [zero, graph.scalar(1, x), x])]);
    return graph.op('Mul', [g, graph.op('Mul', [node.outputs[0], log])]);
  },
);

function constantPower(
  graph: GradientCall['graph'],
  g: string,
  x: string,
  y: string,
  exponent: number,
): string | undefined {
  if (exponent === 0) return undefined;
  if (exponent === 0.5) return graph.op('Div', [graph.scale(g, 0.5), y]);
  const scaled = graph.scale(g, exponent);
  if (exponent === 1) return scaled;
  const lower = exponent === 2 ? x : graph.op('Pow', [x, graph.scalar(exponent - 1, x)]);
  return graph.op('Mul', [scaled, lower]);
}

const sum: GradientRule = {
  backward: ({ node, graph, gradients, wants }) =>
    node.inputs.map((name, i) => (wants(i) ? unbroadcast(graph, gradients[0]!, name) : undefined)),
};

export const arithmeticRules: Readonly<Record<string, GradientRule>> = {
  Add: binary(
    (_, g) => g,
    (_, g) => g,
  ),
  Sub: binary(
    (_, g) => g,
    ({ graph }, g) => graph.op('Neg', [g]),
  ),
  Mul: binary(
    ({ graph }, g, [, b]) => graph.op('Mul', [g, b]),
    ({ graph }, g, [a]) => graph.op('Mul', [g, a]),
  ),
  Div: divide,
  Pow: power,
  Sum: sum,
  Neg: unary(({ graph }, g) => graph.op('Neg', [g])),
  Abs: unary(({ graph }, g, x) => graph.op('Mul', [g, graph.op('Sign', [x])])),
  Sqrt: unary(({ graph }, g, _, y) => graph.op('Div', [graph.scale(g, 0.5), y])),
  Reciprocal: unary(({ graph }, g, _, y) => graph.op('Neg', [graph.op('Mul', [g, graph.op('Mul', [y, y])])])),
  Exp: unary(({ graph }, g, _, y) => graph.op('Mul', [g, y])),
  Log: unary(({ graph }, g, x) => graph.op('Div', [g, x])),
  Sin: unary(({ graph }, g, x) => graph.op('Mul', [g, graph.op('Cos', [x])])),
  Cos: unary(({ graph }, g, x) => graph.op('Neg', [graph.op('Mul', [g, graph.op('Sin', [x])])])),
  Identity: unary((_, g) => g),
  // At inference nothing is dropped.
  Dropout: unary((_, g) => g),
  Cast: unary(({ graph }, g, x) =>
    graph.dtype(x) === graph.dtype(g) ? g : graph.op('Cast', [g], { to: int(graph.dtype(x)) }),
  ),
};
