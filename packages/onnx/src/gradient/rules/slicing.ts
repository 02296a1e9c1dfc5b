import { SakeError } from '@sakejs/spec';
import { int, intAttribute, textAttribute } from '../../attributes.js';
import { fromFront } from '../facts/tensor-facts.js';
import type { GradientCall, GradientRule } from '../gradient-rule.js';
import { unary } from './arithmetic.js';
import { scatterBack } from './scatter-back.js';

/** Pads the gradient back to the input's size; scatters it where a bound or step is not fixed. */
const slice = unary((call, g, x) => {
  const { graph, node } = call;
  const pads = slicePads(call);
  if (pads !== undefined)
    return pads.every((pad) => pad === 0) ? g : graph.op('Pad', [g, graph.int64s(pads)]);
  return scatterBack(graph, {
    gradient: g,
    x,
    distinct: true,
    pick: (places) => graph.op('Slice', [places, ...node.inputs.slice(1)]),
  });
});

/** What was cut off, before then after each axis; undefined unless every bound is known and every step 1. */
function slicePads({ graph, node }: GradientCall): number[] | undefined {
  const dims = graph.dims(node.inputs[0]!);
  const [starts, ends] = [graph.values(node.inputs[1]), graph.values(node.inputs[2])];
  if (dims === undefined || starts === undefined || ends === undefined) return undefined;
  const given = (index: number, fallback: number[]): number[] | undefined =>
    (node.inputs[index] ?? '') === '' ? fallback : graph.values(node.inputs[index]);
  const axes = given(
    3,
    starts.map((_, axis) => axis),
  );
  if (axes === undefined || given(4, [1])?.every((step) => step === 1) !== true) return undefined;
  const pads = Array<number>(2 * dims.length).fill(0);
  for (const [i, given] of axes.entries()) {
    const axis = fromFront(given, dims.length);
    const dim = dims[axis];
    if (typeof dim !== 'number') return undefined;
    const bound = (value: number): number => Math.min(Math.max(value < 0 ? value + dim : value, 0), dim);
    pads[axis] = bound(starts[i]!);
    pads[dims.length + axis] = dim - Math.max(bound(ends[i]!), bound(starts[i]!));
  }
  return pads;
}

const split: GradientRule = {
  inputs: [0],
  backward({ graph, node, gradients }) {
    const parts = node.outputs.map((name, i) => gradients[i] ?? graph.zerosLike(name));
    return [graph.op('Concat', parts, { axis: int(intAttribute(node, 'axis', 0)) })];
  },
};

const concat: GradientRule = {
  backward({ graph, node, gradients, wants }) {
    const axis = intAttribute(node, 'axis', 0);
    const sizes = node.inputs.map((name) => {
      const dims = graph.dims(name);
      const size = dims?.[fromFront(axis, dims.length)];
      return typeof size === 'number'
        ? graph.int64s([size])
        : graph.op('Gather', [graph.shapeOf(name), graph.int64s([axis])]);
    });
    const known = sizes.map((size) => graph.values(size)?.[0]);
    const lengths = known.every((size) => size !== undefined)
      ? graph.int64s(known)
      : graph.op('Concat', sizes, { axis: int(0) });
    const parts = graph.ops('Split', [gradients[0], lengths], { axis: int(axis) }, node.inputs.length);
    return parts.map((part, i) => (wants(i) ? part : undefined));
  },
};

/** Negative padding cuts off what was added. */
const pad = unary(({ graph, node }, g) => {
  const mode = textAttribute(node, 'mode', 'constant');
  if (mode !== 'constant')
    throw new SakeError(
      'unsupported',
      `differentiate: expected mode "constant" of Pad "${node.name}", got "${mode}", which has no gradient rule`,
    );
  return graph.op(
    'Pad',
    [g, graph.op('Neg', [node.inputs[1]]), undefined, node.inputs[3]].slice(0, node.inputs[3] ? 4 : 2),
  );
});

export const slicingRules: Readonly<Record<string, GradientRule>> = {
  Slice: slice,
  Split: split,
  Concat: concat,
  Pad: pad,
};
