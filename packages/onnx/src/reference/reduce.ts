import { intAttribute } from '../attributes.js';
import { normaliseAxis } from '../axis.js';
import { DataType } from '../ir.js';
import { elementCount } from '../tensors/element-types.js';
import { axesOf, axisOf, describeNode, input, type ReferenceOp, type ReferenceOps } from './reference-op.js';
import { aroundAxis, broadcastStrides, range, strided } from './strides.js';

/** A fold over the reduced axes, then `finish(total, number of values)`. */
function reduction(
  start: number,
  step: (total: number, value: number) => number,
  finish: (total: number, count: number) => number = (total) => total,
): ReferenceOp {
  return (call) => {
    const { dtype, dims, data } = input(call, 0);
    const given = axesOf(call, 1, dims.length) ?? [];
    const none = given.length === 0;
    if (none && intAttribute(call.node, 'noop_with_empty_axes', 0) !== 0) return [input(call, 0)];
    const reduced = dims.map((dim, axis) => (none || given.includes(axis) ? 1 : dim));
    const out = new Float64Array(elementCount(reduced)).fill(start);
    const place = strided(range(out.length), dims, broadcastStrides(reduced, dims));
    data.forEach((value, i) => {
      out[place[i]!] = step(out[place[i]!]!, value);
    });
    const count = data.length / out.length;
    const keep = intAttribute(call.node, 'keepdims', 1) !== 0;
    return [
      {
        dtype,
        dims: keep ? reduced : dims.filter((_, axis) => !none && !given.includes(axis)),
        data: out.map((total) => finish(total, count)),
      },
    ];
  };
}

const argMax: ReferenceOp = (call) => {
  const { dims, data } = input(call, 0);
  const axis = axisOf(call, dims.length, 0);
  const last = intAttribute(call.node, 'select_last_index', 0) !== 0;
  const { outer, count, inner } = aroundAxis(dims, axis);
  const out = new Float64Array(outer * inner);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      let best = 0;
      const at = (k: number): number => data[(o * count + k) * inner + i]!;
      for (let k = 1; k < count; k++) if (at(k) > at(best) || (last && at(k) === at(best))) best = k;
      out[o * inner + i] = best;
    }
  const keep = intAttribute(call.node, 'keepdims', 1) !== 0;
  const shape = keep ? dims.map((dim, i) => (i === axis ? 1 : dim)) : dims.filter((_, i) => i !== axis);
  return [{ dtype: DataType.INT64, dims: shape, data: out }];
};

const cumSum: ReferenceOp = (call) => {
  const { dtype, dims, data } = input(call, 0);
  const axis = normaliseAxis(input(call, 1).data[0]!, dims.length, describeNode(call.node));
  const exclusive = intAttribute(call.node, 'exclusive', 0) !== 0;
  const reverse = intAttribute(call.node, 'reverse', 0) !== 0;
  const { outer, count, inner } = aroundAxis(dims, axis);
  const out = new Float64Array(data.length);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      let total = 0;
      for (let k = 0; k < count; k++) {
        const at = (o * count + (reverse ? count - 1 - k : k)) * inner + i;
        out[at] = exclusive ? total : total + data[at]!;
        total += data[at]!;
      }
    }
  return [{ dtype, dims, data: out }];
};

export const reduceOps: ReferenceOps = {
  ReduceSum: reduction(0, (total, x) => total + x),
  ReduceMean: reduction(
    0,
    (total, x) => total + x,
    (total, count) => total / count,
  ),
  ReduceMax: reduction(-Infinity, Math.max),
  ReduceMin: reduction(Infinity, Math.min),
  ReduceProd: reduction(1, (total, x) => total * x),
  ReduceSumSquare: reduction(0, (total, x) => total + x * x),
  ReduceL2: reduction(0, (total, x) => total + x * x, Math.sqrt),
  ArgMax: argMax,
  CumSum: cumSum,
};
