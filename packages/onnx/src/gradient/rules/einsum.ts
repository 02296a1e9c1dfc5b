import { text } from '../../attributes.js';
import { einsumEquation } from '../../einsum-equation.js';
import type { GradientCall, GradientRule } from '../gradient-rule.js';
import { unbroadcast } from '../unbroadcast.js';

/**
 * The gradient of one operand: the product of the output's gradient and the other operands, summed over the labels
 * that this one lacks. Labels that only this operand has were summed alone, so the gradient is the same along them.
 */
const einsum: GradientRule = {
  backward(call) {
    const { inputs, output } = einsumEquation(call.node);
    return inputs.map((labels, i) =>
      call.wants(i) ? operandGradient(call, i, { inputs, output, labels }) : undefined,
    );
  },
};

function operandGradient(
  { graph, node, gradients }: GradientCall,
  index: number,
  { inputs, output, labels }: { inputs: readonly string[]; output: string; labels: string },
): string {
  const others = inputs.flatMap((_, i) => (i === index ? [] : [i]));
  const known = new Set([output, ...others.map((i) => inputs[i]!)].join(''));
  const kept = [...labels].filter((label) => known.has(label)).join('');
  const equation = `${[output, ...others.map((i) => inputs[i]!)].join(',')}->${kept}`;
  const operands = [gradients[0], ...others.map((i) => node.inputs[i])];
  const product = graph.op('Einsum', operands, { equation: text(equation) });
  const x = node.inputs[index]!;
  if (kept.length === labels.length) return unbroadcast(graph, product, x);
  const alone = [...labels].flatMap((label, axis) => (known.has(label) ? [] : [axis]));
  return graph.op('Expand', [graph.op('Unsqueeze', [product, graph.int64s(alone)]), graph.shapeOf(x)]);
}

export const einsumRules: Readonly<Record<string, GradientRule>> = { Einsum: einsum };
