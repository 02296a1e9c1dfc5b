import { intAttribute } from '../../attributes.js';
import { DataType } from '../../ir.js';
import { broadcastFacts, factsAt, knownNumbers, type FactRule, type FactRules } from './tensor-facts.js';

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

/** Broadcast, and computed where both sides are small known numbers, as in shape arithmetic. */
function arithmetic(compute: (a: number, b: number) => number): FactRule {
  return (node, inputs, opset) => {
    const [result] = broadcast(node, inputs, opset);
    const [a, b] = [knownNumbers(factsAt(inputs, 0).values), knownNumbers(factsAt(inputs, 1).values)];
    if (a === undefined || b === undefined || (a.length !== b.length && a.length !== 1 && b.length !== 1))
      return [result!];
    const count = Math.max(a.length, b.length);
    const values = Array.from({ length: count }, (_, i) =>
      compute(a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!),
    );
    return [{ ...result, values: result?.dtype === DataType.INT64 ? values : undefined }];
  };
}

const compare: FactRule = (node, inputs, opset) => [
  { ...broadcast(node, inputs, opset)[0], dtype: DataType.BOOL },
];

const where: FactRule = (_, inputs) => [
  {
    dtype: factsAt(inputs, 1).dtype ?? factsAt(inputs, 2).dtype,
    dims: broadcastFacts(inputs.map(({ dims }) => dims)),
  },
];

const cast: FactRule = (node, inputs) => {
  const { dims, values } = factsAt(inputs, 0);
  const dtype = intAttribute(node, 'to', DataType.UNDEFINED);
  return [{ dtype, dims, values: dtype === DataType.INT64 ? values?.map(truncate) : undefined }];
};

const truncate = <T>(value: T): T | number => (typeof value === 'number' ? Math.trunc(value) : value);

const SAME = [
  ...['Neg', 'Abs', 'Sign', 'Sqrt', 'Reciprocal', 'Exp', 'Log', 'Sin', 'Cos', 'Floor', 'Ceil', 'Round'],
  ...['Tanh', 'Sigmoid', 'Relu', 'Erf', 'Softplus', 'Gelu', 'com.microsoft:Gelu', 'com.microsoft:FastGelu'],
  ...['com.microsoft:QuickGelu', 'Softmax', 'LogSoftmax', 'Clip', 'Trilu', 'CumSum', 'Not'],
  ...['ScatterElements', 'ScatterND'],
];
const COMPARE = ['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Xor'];
const BROADCAST = ['Pow', 'Mod', 'Sum', 'Min', 'Max'];

export const elementwiseFacts: FactRules = {
  ...Object.fromEntries(SAME.map((key) => [key, same])),
  ...Object.fromEntries(COMPARE.map((key) => [key, compare])),
  ...Object.fromEntries(BROADCAST.map((key) => [key, broadcast])),
  Identity: (_, inputs) => [factsAt(inputs, 0)],
  Add: arithmetic((a, b) => a + b),
  Sub: arithmetic((a, b) => a - b),
  Mul: arithmetic((a, b) => a * b),
  Div: arithmetic((a, b) => Math.trunc(a / b)),
  Where: where,
  Cast: cast,
};
