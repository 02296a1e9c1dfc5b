import { SakeError } from '@sakejs/spec';
import { findAttribute, intAttribute, tensorAttribute } from '../attributes.js';
import { normaliseAxis } from '../axis.js';
import { DataType } from '../ir.js';
import { elementCount } from '../tensors/element-types.js';
import { describeNode, input, type ReferenceOp, type ReferenceOps } from './reference-op.js';
import { fromOnnxTensor, int64s, refTensor } from './ref-tensor.js';
import { aroundAxis, stridesOf } from './strides.js';

const constant: ReferenceOp = ({ node }) => {
  const tensor = tensorAttribute(node, 'value');
  if (tensor !== undefined) return [fromOnnxTensor(tensor)];
  const attribute = (name: string): ReturnType<typeof findAttribute> => findAttribute(node, `value_${name}`);
  const [f, i, fs, is] = [attribute('float'), attribute('int'), attribute('floats'), attribute('ints')];
  if (f !== undefined) return [refTensor(DataType.FLOAT, [], [f.f ?? 0])];
  if (i !== undefined) return [int64s([], [i.i ?? 0])];
  if (fs?.floats !== undefined) return [refTensor(DataType.FLOAT, [fs.floats.length], fs.floats)];
  if (is?.ints !== undefined) return [int64s([is.ints.length], is.ints)];
  throw new SakeError('unsupported', `${describeNode(node)}: expected a numeric value, got none`);
};

const constantOfShape: ReferenceOp = (call) => {
  const dims = Array.from(input(call, 0).data);
  const value = tensorAttribute(call.node, 'value');
  const fill = value === undefined ? refTensor(DataType.FLOAT, [1], [0]) : fromOnnxTensor(value);
  return [{ dtype: fill.dtype, dims, data: new Float64Array(elementCount(dims)).fill(fill.data[0]!) }];
};

const rangeOp: ReferenceOp = (call) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => input(call, index).data[0]!) as [
    number,
    number,
    number,
  ];
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  return [
    refTensor(
      input(call, 0).dtype,
      [count],
      Float64Array.from({ length: count }, (_, i) => start + i * delta),
    ),
  ];
};

/** Indices of the values that are not zero, [rank, count], in row-major order. */
const nonZero: ReferenceOp = (call) => {
  const { dims, data } = input(call, 0);
  const places = Array.from(data.keys()).filter((i) => data[i] !== 0);
  const indices = stridesOf(dims).flatMap((stride, axis) =>
    places.map((place) => Math.floor(place / stride) % dims[axis]!),
  );
  return [int64s([dims.length, places.length], indices)];
};

const oneHot: ReferenceOp = (call) => {
  const [indices, depth, values] = [input(call, 0), input(call, 1).data[0]!, input(call, 2)];
  const rank = indices.dims.length + 1;
  const axis = normaliseAxis(intAttribute(call.node, 'axis', -1), rank, describeNode(call.node));
  const dims = [...indices.dims.slice(0, axis), depth, ...indices.dims.slice(axis)];
  const { outer, inner } = aroundAxis(dims, axis);
  const data = new Float64Array(elementCount(dims)).fill(values.data[0]!);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const given = indices.data[o * inner + i]!;
      const index = given < 0 ? given + depth : given;
      if (index >= 0 && index < depth) data[(o * depth + index) * inner + i] = values.data[1]!;
    }
  return [{ dtype: values.dtype, dims, data }];
};

export const constantOps: ReferenceOps = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: rangeOp,
  NonZero: nonZero,
  OneHot: oneHot,
};
