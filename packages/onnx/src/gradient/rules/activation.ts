import { floatAttribute, intAttribute, textAttribute } from '../../attributes.js';
import { operatorKey } from '../../operator-key.js';
import type { GradientGraph } from '../gradient-graph.js';
import type { GradientCall, GradientRule } from '../gradient-rule.js';
import { unbroadcast } from '../unbroadcast.js';
import { unary } from './arithmetic.js';

/** Φ(x) + x φ(x): the slope of x Φ(x). */
function exactGeluSlope(graph: GradientGraph, x: string): string {
  const erf = graph.op('Erf', [graph.scale(x, Math.SQRT1_2)]);
  const cumulative = graph.scale(graph.op('Add', [erf, graph.scalar(1, x)]), 0.5);
  const bell = graph.op('Exp', [graph.scale(graph.op('Mul', [x, x]), -0.5)]);
  const density = graph.scale(bell, 1 / Math.sqrt(2 * Math.PI));
  return graph.op('Add', [cumulative, graph.op('Mul', [x, density])]);
}

/**
 * Slope of the tanh form, written as y = x s with s = σ(2z), 2z = x (a + b x²):
 * s + y (1 - s) (a + 3 b x²).
 */
function tanhGeluSlope(graph: GradientGraph, x: string, y: string): string {
  const a = 2 * Math.sqrt(2 / Math.PI);
  const b = 0.044715 * a;
  const square = graph.op('Mul', [x, x]);
  const ratio = graph.op('Add', [graph.scale(square, b), graph.scalar(a, x)]);
  const s = graph.op('Sigmoid', [graph.op('Mul', [x, ratio])]);
  const inner = graph.op('Add', [graph.scale(square, 3 * b), graph.scalar(a, x)]);
  const rest = graph.op('Sub', [y, graph.op('Mul', [y, s])]);
  return graph.op('Add', [s, graph.op('Mul', [rest, inner])]);
}

const gelu = unary(({ graph, node }, g, x, y) => {
  const tanh = textAttribute(node, 'approximate', 'none') === 'tanh';
  return graph.op('Mul', [g, tanh ? tanhGeluSlope(graph, x, y) : exactGeluSlope(graph, x)]);
});

/** The tanh form of x + bias. */
const fastGelu: GradientRule = {
  backward({ graph, node, gradients, wants }) {
    const [x, bias = ''] = node.inputs as [string, string?];
    const shifted = bias === '' ? x : graph.op('Add', [x, bias]);
    const gradient = graph.op('Mul', [gradients[0], tanhGeluSlope(graph, shifted, node.outputs[0]!)]);
    return [wants(0) ? gradient : undefined, wants(1) ? unbroadcast(graph, gradient, bias) : undefined];
  },
};

/** y = x s, s = σ(αx): s + α y (1 - s) */
const quickGelu = unary(({ graph, node }, g, x, y) => {
  const alpha = floatAttribute(node, 'alpha', 1.702);
  const s = graph.op('Sigmoid', [graph.scale(x, alpha)]);
  const rest = graph.scale(graph.op('Sub', [y, graph.op('Mul', [y, s])]), alpha);
  return graph.op('Mul', [g, graph.op('Add', [s, rest])]);
});

/** y (g - Σ g y) */
const softmax = unary((call, g, _, output) => {
  const { graph } = call;
  const y = guarded(graph, output);
  const total = attentionRowSums(call) ?? axisSum(call, graph.op('Mul', [g, y]));
  return graph.op('Mul', [y, graph.op('Sub', [g, total])]);
});

/**
 * Exporters put 0 for the NaN that a row without any key becomes; its slope is 0 likewise, not 0 · NaN.
 */
function guarded(graph: GradientGraph, y: string): string {
  if (!graph.isReadBy('IsNaN', y)) return y;
  return graph.op('Where', [graph.op('IsNaN', [y]), graph.scalar(0, y), y]);
}

/**
 * Σ g y of attention weights, from their product with the values.
 *
 * Where the weights y [.., t, s] are used only in o = α y v, their gradient is g = α do vᵀ, so the row sum
 * Σₛ g y equals Σ_d do o: over head width instead of sequence length, and without forming g y.
 */
function attentionRowSums(call: GradientCall): string | undefined {
  const { graph, node } = call;
  const consumer = call.onlyConsumer(0);
  if (consumer === undefined || intAttribute(node, 'axis', -1) !== -1) return undefined;
  const key = operatorKey(consumer.node);
  const weights = node.outputs[0]!;
  const first = consumer.node.inputs[0] === weights && consumer.node.inputs[1] !== weights;
  const plain = ['transA', 'transBatchA', 'transBatchB'].every(
    (name) => intAttribute(consumer.node, name, 0) === 0,
  );
  if (!first || !plain || (key !== 'MatMul' && key !== 'com.microsoft:FusedMatMul')) return undefined;
  const [rows, products] = [graph.dims(weights)?.slice(0, -1), graph.dims(consumer.output)?.slice(0, -1)];
  const aligned =
    rows !== undefined &&
    rows.length === products?.length &&
    rows.every((dim, axis) => dim !== undefined && dim === products[axis]);
  if (!aligned) return undefined;
  return graph.reduceSum(graph.op('Mul', [consumer.gradient, consumer.output]), [-1], true);
}

function axisSum({ graph, node }: GradientCall, x: string): string {
  return graph.reduceSum(x, [intAttribute(node, 'axis', -1)], true);
}

export const activationRules: Readonly<Record<string, GradientRule>> = {
  Relu: unary(({ graph }, g, _, y) => graph.op('Mul', [g, graph.op('Sign', [y])])),
  Tanh: unary(({ graph }, g, _, y) => {
    const gy = graph.op('Mul', [g, y]);
    return graph.op('Sub', [g, graph.op('Mul', [gy, y])]);
  }),
  Sigmoid: unary(({ graph }, g, _, y) => {
    const gy = graph.op('Mul', [g, y]);
    return graph.op('Sub', [gy, graph.op('Mul', [gy, y])]);
  }),
  // 2/√π exp(-x²)
  Erf: unary(({ graph }, g, x) => {
    const bell = graph.op('Exp', [graph.op('Neg', [graph.op('Mul', [x, x])])]);
    return graph.op('Mul', [g, graph.scale(bell, 2 / Math.sqrt(Math.PI))]);
  }),
  Softplus: unary(({ graph }, g, x) => graph.op('Mul', [g, graph.op('Sigmoid', [x])])),
  Gelu: gelu,
  'com.microsoft:Gelu': gelu,
  'com.microsoft:FastGelu': fastGelu,
  'com.microsoft:QuickGelu': quickGelu,
  Softmax: softmax,
  // g - softmax Σ g
  LogSoftmax: unary((call, g, _, y) => {
    const { graph } = call;
    return graph.op('Sub', [g, graph.op('Mul', [graph.op('Exp', [y]), axisSum(call, g)])]);
  }),
};
