import { intAttribute } from '../../attributes.js';
import { DataType } from '../../ir.js';
import type { Dimension } from '../../graph-builder.js';
import { broadcastFacts, factsAt, type FactRule, type FactRules, type TensorFacts } from './tensor-facts.js';

/** Types that sizes are computed in. */
const INTEGERS: ReadonlySet<number> = new Set([DataType.INT64, DataType.INT32]);

/** One tensor in, one of the same type and shape out. */
const same: FactRule = (_, inputs) => {
  const { dtype, dims } = factsAt(inputs, 0);
  return [{ dtype, dims }];
};

/** Broadcast tensors of one type. */
const broadcast: FactRule = (_, inputs) => [
  {
    dtype: inputs.find(({ dtype }) => dtype !== undefined)?.dtype,
    dims: broadcastFacts(inputs.map(({ dims }) => dims)),
  },
];

/** What is known of two values' result, as in shape arithmetic; values may be the names of free sizes. */
type Compute = (a: Dimension, b: Dimension) => Dimension;

/** Pairs of small known values of two inputs, a single one against each of several. */
function pairwise(inputs: readonly TensorFacts[], compute: Compute): Dimension[] | undefined {
  const [a, b] = [factsAt(inputs, 0).values, factsAt(inputs, 1).values];
  if (a === undefined || b === undefined || (a.length !== b.length && a.length !== 1 && b.length !== 1))
    return undefined;
  const count = Math.max(a.length, b.length);
  return Array.from({ length: count }, (_, i) =>
    compute(a[a.length === 1 ? 0 : i], b[b.length === 1 ? 0 : i]),
  );
}

/** Broadcast, and computed where both sides are small and known. `neutral` leaves the other side as it is; `same` comes of equal names. */
function arithmetic(
  compute: (a: number, b: number) => number,
  neutral: { readonly left?: number; readonly right: number; readonly same?: number },
): FactRule {
  const known: Compute = (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return compute(a, b);
    if (a !== undefined && a === b) return neutral.same;
    if (b === neutral.right) return a;
    return neutral.left !== undefined && a === neutral.left ? b : undefined;
  };
  return (node, inputs, opset) => {
    const [result] = broadcast(node, inputs, opset);
    return [{ ...result, values: INTEGERS.has(result?.dtype ?? -1) ? pairwise(inputs, known) : undefined }];
  };
}

const compare: FactRule = (node, inputs, opset) => [
  { ...broadcast(node, inputs, opset)[0], dtype: DataType.BOOL },
];

/** Equal, where a free size differs from every negative number. */
const equal: FactRule = (node, inputs, opset) => [
  {
    ...compare(node, inputs, opset)[0],
    values: pairwise(inputs, (a, b) => {
      if (typeof a === 'number' && typeof b === 'number') return Number(a === b);
      const [number, name] = typeof a === 'number' ? [a, b] : [b, a];
      return typeof number === 'number' && number < 0 && typeof name === 'string' ? 0 : undefined;
    }),
  },
];

const where: FactRule = (_, inputs) => {
  const [condition, yes, no] = [0, 1, 2].map((index) => factsAt(inputs, index).values);
  const same = condition && yes && no && condition.length === yes.length && yes.length === no.length;
  const dtype = factsAt(inputs, 1).dtype ?? factsAt(inputs, 2).dtype;
  return [
    {
      dtype,
      dims: broadcastFacts(inputs.map(({ dims }) => dims)),
      values:
        same && INTEGERS.has(dtype ?? -1)
          ? condition.map((test, i) => (typeof test === 'number' ? (test === 0 ? no[i] : yes[i]) : undefined))
          : undefined,
    },
  ];
};

const cast: FactRule = (node, inputs) => {
  const { dims, values } = factsAt(inputs, 0);
  const dtype = intAttribute(node, 'to', DataType.UNDEFINED);
  return [{ dtype, dims, values: INTEGERS.has(dtype) ? values?.map(truncate) : undefined }];
};

const truncate = <T>(value: T): T | number => (typeof value === 'number' ? Math.trunc(value) : value);

const SAME = [
  ...['Neg', 'Abs', 'Sign', 'Sqrt', 'Reciprocal', 'Exp', 'Log', 'Sin', 'Cos', 'Floor', 'Ceil', 'Round'],
  ...['Tanh', 'Sigmoid', 'Relu', 'Erf', 'Softplus', 'Gelu', 'com.microsoft:Gelu', 'com.microsoft:FastGelu'],
  ...['com.microsoft:QuickGelu', 'Softmax', 'LogSoftmax', 'Clip', 'Trilu', 'CumSum', 'Not'],
  ...['ScatterElements', 'ScatterND', 'Dropout'],
];
const COMPARE = ['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Xor'];
const BROADCAST = ['Pow', 'Mod', 'Sum', 'Min', 'Max'];

export const elementwiseFacts: FactRules = {
  ...Object.fromEntries(SAME.map((key) => [key, same])),
  ...Object.fromEntries(COMPARE.map((key) => [key, compare])),
  IsNaN: (_, inputs) => [{ dtype: DataType.BOOL, dims: factsAt(inputs, 0).dims }],
  ...Object.fromEntries(BROADCAST.map((key) => [key, broadcast])),
  Identity: (_, inputs) => [factsAt(inputs, 0)],
  Add: arithmetic((a, b) => a + b, { left: 0, right: 0 }),
  Sub: arithmetic((a, b) => a - b, { right: 0, same: 0 }),
  Mul: arithmetic((a, b) => a * b, { left: 1, right: 1 }),
  Div: arithmetic((a, b) => Math.trunc(a / b), { right: 1 }),
  Equal: equal,
  Where: where,
  Cast: cast,
};
