import { float, floatAttribute } from '../../attributes.js';
import { MICROSOFT } from '../gradient-graph.js';
import { optional, type FusedRule, type FusedRules } from './fused-rule.js';

/** norm(input + skip + bias), whose sum is the fourth output. */
function skipNorm(opType: string, biasAt: number): FusedRule {
  return {
    expand(node, graph) {
      const [input, skip, scale] = node.inputs as [string, string, string];
      const shift = biasAt === 4 ? optional(node, 3) : undefined;
      const bias = optional(node, biasAt);
      const joined = graph.op('Add', [input, skip]);
      const sum = bias === undefined ? joined : graph.op('Add', [joined, bias]);
      const epsilon = float(floatAttribute(node, 'epsilon', 1e-12));
      const operands = shift === undefined ? [sum, scale] : [sum, scale, shift];
      return [graph.op(opType, operands, { epsilon }), undefined, undefined, sum];
    },
  };
}

export const normExpansions: FusedRules = {
  'com.microsoft:SkipLayerNormalization': skipNorm('LayerNormalization', 4),
  'com.microsoft:SkipSimplifiedLayerNormalization': skipNorm('SimplifiedLayerNormalization', 3),
  'com.microsoft:SimplifiedLayerNormalization': {
    expand: (node, graph) => [
      graph.op('SimplifiedLayerNormalization', node.inputs.slice(0, 2), {
        epsilon: float(floatAttribute(node, 'epsilon', 1e-5)),
      }),
    ],
  },
  'com.microsoft:BiasGelu': {
    expand: (node, graph) => [
      graph.op('Gelu', [graph.op('Add', [node.inputs[0], node.inputs[1]])], {}, MICROSOFT),
    ],
  },
};
