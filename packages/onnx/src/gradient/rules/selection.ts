import type { GradientCall, GradientRule } from '../gradient-rule.js';
import { unbroadcast } from '../unbroadcast.js';

const where: GradientRule = {
  inputs: [1, 2],
  backward({ graph, node, gradients, wants }) {
    const [condition, yes, no] = node.inputs as [string, string, string];
    const g = gradients[0]!;
    const zero = graph.scalar(0, g);
    return [
      undefined,
      wants(1) ? unbroadcast(graph, graph.op('Where', [condition, g, zero]), yes) : undefined,
      wants(2) ? unbroadcast(graph, graph.op('Where', [condition, zero, g]), no) : undefined,
    ];
  },
};

/** Min and Max: to the input that was chosen, in equal parts where several tie. */
const extreme: GradientRule = {
  backward({ graph, node, gradients, wants }) {
    const y = node.outputs[0]!;
    const chosen = node.inputs.map((name) => graph.indicator(graph.op('Equal', [name, y]), y));
    const share =
      chosen.length === 1 ? gradients[0]! : graph.op('Div', [gradients[0], graph.op('Sum', chosen)]);
    return node.inputs.map((name, i) =>
      wants(i) ? unbroadcast(graph, graph.op('Mul', [chosen[i], share]), name) : undefined,
    );
  },
};

/** Values that the bounds left alone pass the gradient on; the others give it to their bound. */
const clip: GradientRule = {
  backward(call) {
    const { graph, node, gradients, wants } = call;
    const [x, low, high] = node.inputs as [string, string?, string?];
    const g = gradients[0]!;
    const inside = (): string => masked(call, graph.op('Equal', [x, node.outputs[0]]), g);
    const below = (): string => unbroadcast(graph, masked(call, graph.op('Less', [x, low]), g), low!);
    const above = (): string => unbroadcast(graph, masked(call, graph.op('Greater', [x, high]), g), high!);
    return [wants(0) ? inside() : undefined, wants(1) ? below() : undefined, wants(2) ? above() : undefined];
  },
};

function masked({ graph }: GradientCall, condition: string, g: string): string {
  return graph.op('Where', [condition, g, graph.scalar(0, g)]);
}

export const selectionRules: Readonly<Record<string, GradientRule>> = {
  Where: where,
  Min: extreme,
  Max: extreme,
  Clip: clip,
};
