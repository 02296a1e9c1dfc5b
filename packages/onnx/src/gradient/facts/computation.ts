import { intAttribute } from '../../attributes.js';
import { einsumEquation } from '../../einsum-equation.js';
import type { Dimension } from '../../graph-builder.js';
import { DataType } from '../../ir.js';
import { broadcastFacts, factsAt, fromFront, listOf, type FactRule, type FactRules } from './tensor-facts.js';

type Dims = readonly Dimension[];

/** Swaps the last two axes. */
function swapped(dims: Dims): Dims {
  return [...dims.slice(0, -2), dims.at(-1), dims.at(-2)];
}

function product(a: Dims | undefined, b: Dims | undefined): Dims | undefined {
  if (a === undefined || b === undefined || a.length === 0 || b.length === 0) return undefined;
  const [left, right] = [a.length === 1 ? [1, ...a] : a, b.length === 1 ? [...b, 1] : b];
  const batch = broadcastFacts([left.slice(0, -2), right.slice(0, -2)]) ?? [];
  return [...batch, ...(a.length === 1 ? [] : [left.at(-2)]), ...(b.length === 1 ? [] : [right.at(-1)])];
}

const matmul: FactRule = (_, inputs) => [
  {
    dtype: factsAt(inputs, 0).dtype ?? factsAt(inputs, 1).dtype,
    dims: product(inputs[0]?.dims, inputs[1]?.dims),
  },
];

const fusedMatmul: FactRule = (node, inputs) => {
  const operand = (index: number, suffix: string): Dims | undefined => {
    const dims = factsAt(inputs, index).dims;
    if (dims === undefined) return undefined;
    const moved =
      intAttribute(node, `transBatch${suffix}`, 0) === 0
        ? dims
        : [...dims.slice(1, -1), dims[0], dims.at(-1)];
    return intAttribute(node, `trans${suffix}`, 0) === 0 ? moved : swapped(moved);
  };
  return [{ dtype: factsAt(inputs, 0).dtype, dims: product(operand(0, 'A'), operand(1, 'B')) }];
};

const gemm: FactRule = (node, inputs) => {
  const [a, b] = [factsAt(inputs, 0), factsAt(inputs, 1)];
  const rows = a.dims?.[intAttribute(node, 'transA', 0) === 0 ? 0 : 1];
  const cols = b.dims?.[intAttribute(node, 'transB', 0) === 0 ? 1 : 0];
  return [{ dtype: a.dtype ?? b.dtype, dims: [rows, cols] }];
};

const reduction: FactRule = (node, inputs) => {
  const { dtype, dims } = factsAt(inputs, 0);
  if (dims === undefined) return [{ dtype }];
  const { given, values } = listOf(node, inputs, 1, 'axes');
  const keep = intAttribute(node, 'keepdims', 1) !== 0;
  if (given && values === undefined) return [{ dtype, dims: keep ? dims.map(() => undefined) : undefined }];
  const empty = values === undefined || values.length === 0;
  if (empty && intAttribute(node, 'noop_with_empty_axes', 0) !== 0) return [{ dtype, dims }];
  const reduced = empty ? dims.map((_, axis) => axis) : values.map((axis) => fromFront(axis, dims.length));
  return [{ dtype, dims: reducedDims(dims, reduced, keep) }];
};

function reducedDims(dims: Dims, axes: readonly number[], keep: boolean): Dims {
  return keep
    ? dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : dims.filter((_, axis) => !axes.includes(axis));
}

const argMax: FactRule = (node, inputs) => {
  const { dims } = factsAt(inputs, 0);
  const axis = fromFront(intAttribute(node, 'axis', 0), dims?.length ?? 0);
  const keep = intAttribute(node, 'keepdims', 1) !== 0;
  return [{ dtype: DataType.INT64, dims: dims && reducedDims(dims, [axis], keep) }];
};

/** The tensor itself, then statistics of its rows. */
const normalisation: FactRule = (node, inputs) => {
  const { dtype, dims } = factsAt(inputs, 0);
  const axis = fromFront(intAttribute(node, 'axis', -1), dims?.length ?? 0);
  const statistics = { dtype: DataType.FLOAT, dims: dims?.map((dim, i) => (i >= axis ? 1 : dim)) };
  return [{ dtype, dims }, statistics, statistics];
};

const einsum: FactRule = (node, inputs) => {
  const { inputs: operands, output } = einsumEquation(node);
  const sizes = new Map<string, Dimension>();
  operands.forEach((labels, i) =>
    [...labels].forEach((label, axis) => {
      const [size] = broadcastFacts([[sizes.get(label) ?? 1], [factsAt(inputs, i).dims?.[axis]]])!;
      sizes.set(label, size);
    }),
  );
  return [{ dtype: factsAt(inputs, 0).dtype, dims: [...output].map((label) => sizes.get(label)) }];
};

const REDUCTIONS = ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'SumSquare', 'L2', 'L1', 'LogSumExp'];

export const computationFacts: FactRules = {
  MatMul: matmul,
  'com.microsoft:FusedMatMul': fusedMatmul,
  Gemm: gemm,
  Einsum: einsum,
  ...Object.fromEntries(REDUCTIONS.map((name) => [`Reduce${name}`, reduction])),
  ArgMax: argMax,
  ArgMin: argMax,
  LayerNormalization: normalisation,
  SimplifiedLayerNormalization: normalisation,
  RMSNormalization: normalisation,
};
