import { SakeError } from '@sakejs/spec';
import { int, intAttribute, text, textAttribute } from '../../attributes.js';
import { knownSize } from '../facts/tensor-facts.js';
import type { GradientCall, GradientRule } from '../gradient-rule.js';
import { unary } from './arithmetic.js';
import { scatterBack } from './scatter-back.js';

const ADD = { reduction: text('add') };

/** Rows are added back in one ScatterND; other axes by the place of every element. */
const gather = unary((call, g, x) => {
  const { graph, node } = call;
  const indices = node.inputs[1]!;
  const axis = intAttribute(node, 'axis', 0);
  const distinct = picksDistinct(call, indices);
  if (axis !== 0)
    return scatterBack(graph, {
      gradient: g,
      x,
      distinct,
      pick: (places) => graph.op('Gather', [places, indices], { axis: int(axis) }),
    });
  const rows = graph.op('Unsqueeze', [indices, graph.int64s([-1])]);
  return graph.op('ScatterND', [graph.zerosLike(x), rows, g], distinct ? {} : ADD);
});

/** Whether indices are known not to name an element twice. */
function picksDistinct({ graph }: GradientCall, indices: string): boolean {
  if (knownSize(graph.dims(indices)) === 1) return true;
  const values = graph.values(indices);
  return (
    values !== undefined && values.every((value) => value >= 0) && new Set(values).size === values.length
  );
}

const gatherElements = unary(({ graph, node }, g, x) => {
  const attributes = { axis: int(intAttribute(node, 'axis', 0)), ...ADD };
  return graph.op('ScatterElements', [graph.zerosLike(x), node.inputs[1], g], attributes);
});

const gatherNd = unary(({ graph, node }, g, x) => {
  const batch = intAttribute(node, 'batch_dims', 0);
  if (batch === 0) return graph.op('ScatterND', [graph.zerosLike(x), node.inputs[1], g], ADD);
  return scatterBack(graph, {
    gradient: g,
    x,
    distinct: false,
    pick: (places) => graph.op('GatherND', [places, node.inputs[1]], { batch_dims: int(batch) }),
  });
});

/** The updates' gradient is gathered; without a reduction the overwritten data have none. */
function scatter(gatherType: 'GatherElements' | 'GatherND'): GradientRule {
  return {
    inputs: [0, 2],
    backward({ graph, node, gradients, wants }) {
      const g = gradients[0]!;
      const [, indices, updates] = node.inputs as [string, string, string];
      const reduction = textAttribute(node, 'reduction', 'none');
      if (reduction !== 'none' && reduction !== 'add')
        throw new SakeError(
          'unsupported',
          `differentiate: expected reduction "none" or "add" of ${node.opType} "${node.name}", got "${reduction}", which has no gradient rule`,
        );
      const attributes = gatherType === 'GatherElements' ? { axis: int(intAttribute(node, 'axis', 0)) } : {};
      const kept = (): string =>
        reduction === 'add' ? g : graph.op(node.opType, [g, indices, graph.zerosLike(updates)], attributes);
      return [
        wants(0) ? kept() : undefined,
        undefined,
        wants(2) ? graph.op(gatherType, [g, indices], attributes) : undefined,
      ];
    },
  };
}

export const gatherRules: Readonly<Record<string, GradientRule>> = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  ScatterElements: scatter('GatherElements'),
  ScatterND: scatter('GatherND'),
};
