import { intAttribute, intsAttribute } from '../../attributes.js';
import type { Dimension } from '../../graph-builder.js';
import { DataType } from '../../ir.js';
import {
  broadcastFacts,
  factsAt,
  fromFront,
  knownSize,
  listOf,
  NOTHING,
  type FactRule,
  type FactRules,
  type TensorFacts,
} from './tensor-facts.js';

const reshape: FactRule = (node, inputs) => {
  const { dtype, dims, values } = factsAt(inputs, 0);
  const { dims: shapeDims, values: shape } = factsAt(inputs, 1);
  const rank = shapeDims?.[0];
  if (shape === undefined)
    return [
      { dtype, values, dims: typeof rank === 'number' ? Array<Dimension>(rank).fill(undefined) : undefined },
    ];
  const keepZero = intAttribute(node, 'allowzero', 0) !== 0;
  const wanted = shape.map((dim, axis) => (dim === 0 && !keepZero ? dims?.[axis] : dim));
  const hole = wanted.indexOf(-1);
  if (hole >= 0) wanted[hole] = inferredSize(dims, wanted.toSpliced(hole, 1));
  return [{ dtype, values, dims: wanted }];
};

/** The size at -1: what is left of the input after taking out the sizes that both sides name. */
function inferredSize(dims: readonly Dimension[] | undefined, others: readonly Dimension[]): Dimension {
  if (dims === undefined) return undefined;
  const left = [...dims];
  let divisor = 1;
  for (const dim of others) {
    if (dim === undefined) return undefined;
    if (typeof dim === 'number') divisor *= dim;
    else if (left.includes(dim)) left.splice(left.indexOf(dim), 1);
    else return undefined;
  }
  const size = knownSize(left);
  if (size !== undefined) return size / divisor;
  const names = left.filter((dim) => typeof dim !== 'number');
  const numbers = knownSize(left.filter((dim) => typeof dim === 'number'));
  return names.length === 1 && numbers === divisor ? names[0] : undefined;
}

const transpose: FactRule = (node, inputs) => {
  const { dtype, dims } = factsAt(inputs, 0);
  const order = intsAttribute(node, 'perm', undefined) ?? dims?.map((_, axis) => dims.length - 1 - axis);
  return [{ dtype, dims: dims && order?.map((axis) => dims[axis]) }];
};

const squeeze: FactRule = (node, inputs) => {
  const { dtype, dims, values } = factsAt(inputs, 0);
  const axes = listOf(node, inputs, 1, 'axes');
  if (dims === undefined) return [{ dtype, values }];
  if (!axes.given && !dims.every((dim) => typeof dim === 'number')) return [{ dtype, values }];
  if (axes.given && axes.values === undefined) return [{ dtype, values }];
  const dropped = axes.values?.map((axis) => fromFront(axis, dims.length));
  return [
    { dtype, values, dims: dims.filter((dim, axis) => (dropped ? !dropped.includes(axis) : dim !== 1)) },
  ];
};

const unsqueeze: FactRule = (node, inputs) => {
  const { dtype, dims, values } = factsAt(inputs, 0);
  const axes = listOf(node, inputs, 1, 'axes').values;
  if (dims === undefined || axes === undefined) return [{ dtype, values }];
  const rank = dims.length + axes.length;
  const added = axes.map((axis) => fromFront(axis, rank));
  const rest = [...dims];
  return [
    {
      dtype,
      values,
      dims: Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : rest.shift())),
    },
  ];
};

const expand: FactRule = (_, inputs) => {
  const { dims: listDims, values } = factsAt(inputs, 1);
  const count = listDims?.[0];
  const shape = values ?? (typeof count === 'number' ? Array<Dimension>(count).fill(undefined) : undefined);
  return [{ dtype: factsAt(inputs, 0).dtype, dims: broadcastFacts([factsAt(inputs, 0).dims, shape]) }];
};

const flatten: FactRule = (node, inputs) => {
  const { dtype, dims } = factsAt(inputs, 0);
  const axis = fromFront(intAttribute(node, 'axis', 1), dims?.length ?? 0);
  return [{ dtype, dims: [product(dims?.slice(0, axis)), product(dims?.slice(axis))] }];
};

/** A size, or a name standing alone among ones. */
function product(dims: readonly Dimension[] | undefined): Dimension {
  const rest = dims?.filter((dim) => dim !== 1);
  return rest?.length === 1 ? rest[0] : knownSize(dims);
}

const shape: FactRule = (node, inputs) => {
  const { dims } = factsAt(inputs, 0);
  const part = dims?.slice(intAttribute(node, 'start', 0), intAttribute(node, 'end', dims.length));
  return [{ dtype: DataType.INT64, dims: [part?.length], values: part }];
};

const size: FactRule = (_, inputs) => {
  const count = knownSize(factsAt(inputs, 0).dims);
  return [{ dtype: DataType.INT64, dims: [], values: count === undefined ? undefined : [count] }];
};

const concat: FactRule = (node, inputs) => {
  const ranked = inputs.find(({ dims }) => dims !== undefined)?.dims;
  const dtype = inputs.find((input) => input.dtype !== undefined)?.dtype;
  const lists = inputs.map(({ values }) => values);
  const values = lists.every((list) => list !== undefined) ? lists.flat() : undefined;
  if (ranked === undefined) return [{ dtype, values }];
  const axis = fromFront(intAttribute(node, 'axis', 0), ranked.length);
  const total = inputs.map(({ dims }) => dims?.[axis]).reduce(sumOfSizes, 0);
  const dims = ranked.map((_, i) =>
    i === axis ? total : inputs.map((input) => input.dims?.[i]).find((dim) => dim !== undefined),
  );
  return [{ dtype, dims, values: ranked.length === 1 ? values : undefined }];
};

/** A sum of two sizes, where it has a number or a name. */
function sumOfSizes(a: Dimension, b: Dimension): Dimension {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (a === 0) return b;
  return b === 0 ? a : undefined;
}

const split: FactRule = (node, inputs) => {
  const { dtype, dims } = factsAt(inputs, 0);
  const pieces = node.outputs.length;
  if (dims === undefined) return Array<TensorFacts>(pieces).fill({ dtype });
  const axis = fromFront(intAttribute(node, 'axis', 0), dims.length);
  const { given, values } = listOf(node, inputs, 1, 'split');
  const total = dims[axis];
  const even = typeof total === 'number' ? Math.ceil(total / pieces) : undefined;
  return node.outputs.map((_, i) => {
    const own = given ? values?.[i] : even && Math.min(even, (total as number) - i * even);
    return { dtype, dims: dims.map((dim, k) => (k === axis ? own : dim)) };
  });
};

export const layoutFacts: FactRules = {
  Reshape: reshape,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
  Flatten: flatten,
  Shape: shape,
  Size: size,
  Concat: concat,
  Split: split,
  NonZero: (_, inputs) => [{ dtype: DataType.INT64, dims: [factsAt(inputs, 0).dims?.length, undefined] }],
  If: (node) => node.outputs.map(() => NOTHING),
};
