import { floatAttribute, textAttribute } from '../attributes.js';
import { combine, unary } from './arithmetic.js';
import { erf } from './error-function.js';
import { axisOf, describeNode, input, type ReferenceOp, type ReferenceOps } from './reference-op.js';
import { aroundAxis } from './strides.js';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** x Φ(x), Φ the normal distribution function. */
const exactGelu = (x: number): number => 0.5 * x * (1 + erf(x * Math.SQRT1_2));

/** 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))) */
const tanhGelu = (x: number): number =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

const gelu: ReferenceOp = (call) =>
  unary(textAttribute(call.node, 'approximate', 'none') === 'tanh' ? tanhGelu : exactGelu)(call);

const fastGelu: ReferenceOp = (call) => {
  const bias = call.inputs[1];
  const x = input(call, 0);
  const shifted = bias === undefined ? x : combine(x, bias, (a, b) => a + b, describeNode(call.node));
  return unary(tanhGelu)({ ...call, inputs: [shifted] });
};

const quickGelu: ReferenceOp = (call) => {
  const alpha = floatAttribute(call.node, 'alpha', 1.702);
  return unary((x) => x * sigmoid(alpha * x))(call);
};

/** Softmax, or its logarithm, over one axis; over all axes from it on before operator set 13. */
function softmax(finish: (shifted: number, total: number) => number): ReferenceOp {
  return (call) => {
    const { dtype, dims, data } = input(call, 0);
    const flat = call.opset < 13;
    const axis = axisOf(call, dims.length, flat ? 1 : -1);
    const around = aroundAxis(dims, axis);
    const count = flat ? around.count * around.inner : around.count;
    const inner = flat ? 1 : around.inner;
    const out = new Float64Array(data.length);
    for (let o = 0; o < around.outer; o++)
      for (let i = 0; i < inner; i++) {
        const start = o * count * inner + i;
        let most = -Infinity;
        for (let k = 0; k < count; k++) most = Math.max(most, data[start + k * inner]!);
        let total = 0;
        for (let k = 0; k < count; k++) total += Math.exp(data[start + k * inner]! - most);
        for (let k = 0; k < count; k++)
          out[start + k * inner] = finish(data[start + k * inner]! - most, total);
      }
    return [{ dtype, dims, data: out }];
  };
}

export const activationOps: ReferenceOps = {
  Tanh: unary(Math.tanh),
  Sigmoid: unary(sigmoid),
  Relu: unary((x) => Math.max(x, 0)),
  Erf: unary(erf),
  // log(1 + eˣ) without overflow
  Softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Gelu: gelu,
  'com.microsoft:Gelu': unary(exactGelu),
  'com.microsoft:FastGelu': fastGelu,
  'com.microsoft:QuickGelu': quickGelu,
  Softmax: softmax((shifted, total) => Math.exp(shifted) / total),
  LogSoftmax: softmax((shifted, total) => shifted - Math.log(total)),
};
