import { intAttribute } from '../../attributes.js';
import type { Dimension } from '../../graph-builder.js';
import { factsAt, fromFront, knownNumbers, listOf, type FactRule, type FactRules } from './tensor-facts.js';

const gather: FactRule = (node, inputs) => {
  const [data, indices] = [factsAt(inputs, 0), factsAt(inputs, 1)];
  const picks = knownNumbers(indices.values);
  const list = data.dims?.length === 1 ? data.values : undefined;
  const values = list && picks?.map((index) => list[fromFront(index, list.length)]);
  if (data.dims === undefined || indices.dims === undefined) return [{ dtype: data.dtype, values }];
  const axis = fromFront(intAttribute(node, 'axis', 0), data.dims.length);
  const dims = [...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)];
  return [{ dtype: data.dtype, dims, values }];
};

const gatherNd: FactRule = (node, inputs) => {
  const [data, indices] = [factsAt(inputs, 0), factsAt(inputs, 1)];
  const depth = indices.dims?.at(-1);
  if (data.dims === undefined || indices.dims === undefined || typeof depth !== 'number')
    return [{ dtype: data.dtype }];
  const rest = data.dims.slice(intAttribute(node, 'batch_dims', 0) + depth);
  return [{ dtype: data.dtype, dims: [...indices.dims.slice(0, -1), ...rest] }];
};

const slice: FactRule = (node, inputs) => {
  const { dtype, dims, values } = factsAt(inputs, 0);
  if (dims === undefined) return [{ dtype }];
  const starts = listOf(node, inputs, 1, 'starts').values;
  const ends = listOf(node, inputs, 2, 'ends').values;
  const axes = listOf(node, inputs, 3, 'axes');
  const steps = listOf(node, inputs, 4, 'steps');
  const count = starts?.length ?? ends?.length ?? dims.length;
  const where = axes.given ? axes.values : Array.from({ length: count }, (_, axis) => axis);
  if (where === undefined || (steps.given && steps.values === undefined))
    return [{ dtype, dims: dims.map(() => undefined) }];
  const ranges = where.map((axis, i) => {
    const at = fromFront(axis, dims.length);
    return { axis: at, ...sliceRange(dims[at], starts?.[i], ends?.[i], steps.values?.[i] ?? 1) };
  });
  const shape = dims.map((dim, axis) => {
    const range = ranges.find((one) => one.axis === axis);
    return range === undefined ? dim : range.size;
  });
  const [only] = ranges;
  const kept =
    values && dims.length === 1 && only?.start !== undefined && typeof only.size === 'number'
      ? Array.from({ length: only.size }, (_, i) => values[only.start! + i * (steps.values?.[0] ?? 1)])
      : undefined;
  return [{ dtype, dims: shape, values: kept }];
};

/** Start and size of a slice of one axis; a slice that spans the axis keeps its name. */
function sliceRange(
  dim: Dimension,
  start: number | undefined,
  end: number | undefined,
  step: number,
): { start?: number | undefined; size: Dimension } {
  if (start === 0 && step === 1 && end !== undefined && end > 2 ** 30) return { start, size: dim };
  if (typeof dim !== 'number' || start === undefined || end === undefined) return { size: undefined };
  const [low, high] = step > 0 ? [0, dim] : [-1, dim - 1];
  const bound = (value: number): number => Math.min(Math.max(value < 0 ? value + dim : value, low), high);
  const from = step > 0 ? bound(start) : Math.max(bound(start), 0);
  return { start: from, size: Math.max(0, Math.ceil((bound(end) - from) / step)) };
}

const tile: FactRule = (_, inputs) => {
  const { dtype, dims } = factsAt(inputs, 0);
  const repeats = factsAt(inputs, 1).values;
  return [{ dtype, dims: dims?.map((dim, axis) => times(dim, repeats?.[axis])) }];
};

function times(a: Dimension, b: Dimension): Dimension {
  if (a === 1) return b;
  if (b === 1) return a;
  return typeof a === 'number' && typeof b === 'number' ? a * b : undefined;
}

const pad: FactRule = (node, inputs) => {
  const { dtype, dims } = factsAt(inputs, 0);
  const pads = listOf(node, inputs, 1, 'pads').values;
  const axes = listOf(node, inputs, 3, '');
  if (dims === undefined || pads === undefined || (axes.given && axes.values === undefined))
    return [{ dtype, dims: dims?.map(() => undefined) }];
  const where = axes.values?.map((axis) => fromFront(axis, dims.length)) ?? dims.map((_, axis) => axis);
  const padded = dims.map((dim, axis) => {
    const i = where.indexOf(axis);
    const extra = i < 0 ? 0 : pads[i]! + pads[where.length + i]!;
    return extra === 0 ? dim : typeof dim === 'number' ? dim + extra : undefined;
  });
  return [{ dtype, dims: padded }];
};

export const indexingFacts: FactRules = {
  Gather: gather,
  GatherElements: (_, inputs) => [{ dtype: factsAt(inputs, 0).dtype, dims: factsAt(inputs, 1).dims }],
  GatherND: gatherNd,
  Slice: slice,
  Tile: tile,
  Pad: pad,
};
