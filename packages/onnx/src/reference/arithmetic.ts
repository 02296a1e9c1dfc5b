import { floatAttribute } from '../attributes.js';
import { isFloatType } from '../tensors/float-types.js';
import { describeNode, input, type OpCall, type ReferenceOp, type ReferenceOps } from './reference-op.js';
import type { RefTensor } from './ref-tensor.js';
import { broadcastDims, broadcastTo } from './strides.js';

/** An elementwise function of one tensor, which keeps its type. */
export function unary(compute: (value: number, call: OpCall) => number): ReferenceOp {
  return (call) => {
    const { dtype, dims, data } = input(call, 0);
    return [{ dtype, dims, data: data.map((value) => compute(value, call)) }];
  };
}

/** An elementwise function of two broadcast tensors, in the type of the first. */
export function binary(compute: (a: number, b: number) => number): ReferenceOp {
  return (call) => {
    const [a, b] = [input(call, 0), input(call, 1)];
    return [combine(a, b, compute, describeNode(call.node))];
  };
}

/** `compute(a, b)` over broadcast tensors, in the type of `a`. */
export function combine(
  a: RefTensor,
  b: RefTensor,
  compute: (a: number, b: number) => number,
  where: string,
): RefTensor {
  const dims = broadcastDims([a.dims, b.dims], where);
  const right = broadcastTo(b, dims);
  return { dtype: a.dtype, dims, data: broadcastTo(a, dims).map((value, i) => compute(value, right[i]!)) };
}

/** A left fold over any number of broadcast tensors. */
function fold(compute: (a: number, b: number) => number): ReferenceOp {
  return (call) => [
    call.inputs
      .map((_, index) => input(call, index))
      .reduce((total, next) => combine(total, next, compute, describeNode(call.node))),
  ];
}

const divide: ReferenceOp = (call) => {
  const exact = isFloatType(input(call, 0).dtype);
  return binary((a, b) => (exact ? a / b : Math.trunc(a / b)))(call);
};

/** Bounds are inputs, attributes before operator set 11. */
const clip: ReferenceOp = (call) => {
  const low = call.inputs[1]?.data[0] ?? floatAttribute(call.node, 'min', -Infinity);
  const high = call.inputs[2]?.data[0] ?? floatAttribute(call.node, 'max', Infinity);
  return unary((value) => Math.min(Math.max(value, low), high))(call);
};

export const arithmeticOps: ReferenceOps = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: divide,
  Pow: binary((a, b) => a ** b),
  // The sign follows the divisor, as for `fmod = 0`.
  Mod: binary((a, b) => a - b * Math.floor(a / b)),
  Sum: fold((a, b) => a + b),
  Min: fold(Math.min),
  Max: fold(Math.max),
  Clip: clip,
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((x) => 1 / x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
};
