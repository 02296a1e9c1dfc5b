import { SakeError } from '@sakejs/spec';
import { intAttribute, intsAttribute } from '../attributes.js';
import { DataType } from '../ir.js';
import { elementCount } from '../tensors/element-types.js';
import { isFloatType } from '../tensors/float-types.js';
import { axesOf, describeNode, input, type ReferenceOp, type ReferenceOps } from './reference-op.js';
import { int64s, refTensor } from './ref-tensor.js';
import { broadcastDims, broadcastTo, strided, stridesOf } from './strides.js';

const reshape: ReferenceOp = (call) => {
  const { dtype, dims, data } = input(call, 0);
  const keepZero = intAttribute(call.node, 'allowzero', 0) !== 0;
  const wanted = Array.from(input(call, 1).data, (dim, axis) => (dim === 0 && !keepZero ? dims[axis]! : dim));
  const known = elementCount(wanted.filter((dim) => dim !== -1));
  const shape = wanted.map((dim) => (dim === -1 ? data.length / known : dim));
  if (!shape.every(Number.isInteger) || elementCount(shape) !== data.length)
    throw new SakeError(
      'shape-mismatch',
      `${describeNode(call.node)}: expected a shape of ${data.length} elements, got [${wanted.join(', ')}]`,
    );
  return [{ dtype, dims: shape, data }];
};

const transpose: ReferenceOp = (call) => {
  const { dtype, dims, data } = input(call, 0);
  const order = intsAttribute(call.node, 'perm', undefined) ?? dims.map((_, axis) => dims.length - 1 - axis);
  const strides = stridesOf(dims);
  const shape = order.map((axis) => dims[axis]!);
  return [
    {
      dtype,
      dims: shape,
      data: strided(
        data,
        shape,
        order.map((axis) => strides[axis]!),
      ),
    },
  ];
};

const squeeze: ReferenceOp = (call) => {
  const { dtype, dims, data } = input(call, 0);
  const axes = axesOf(call, 1, dims.length);
  const shape = dims.filter((dim, axis) => (axes === undefined ? dim !== 1 : !axes.includes(axis)));
  return [refTensor(dtype, shape, data)];
};

const unsqueeze: ReferenceOp = (call) => {
  const { dtype, dims, data } = input(call, 0);
  const count = call.inputs[1]?.data.length ?? intsAttribute(call.node, 'axes', []).length;
  const axes = axesOf(call, 1, dims.length + count) ?? [];
  const rest = [...dims];
  const shape = Array.from({ length: dims.length + count }, (_, axis) =>
    axes.includes(axis) ? 1 : rest.shift()!,
  );
  return [{ dtype, dims: shape, data }];
};

const expand: ReferenceOp = (call) => {
  const tensor = input(call, 0);
  const dims = broadcastDims([tensor.dims, Array.from(input(call, 1).data)], describeNode(call.node));
  return [{ dtype: tensor.dtype, dims, data: broadcastTo(tensor, dims) }];
};

const flatten: ReferenceOp = (call) => {
  const { dtype, dims, data } = input(call, 0);
  const given = intAttribute(call.node, 'axis', 1);
  const axis = given < 0 ? given + dims.length : given;
  return [{ dtype, dims: [elementCount(dims.slice(0, axis)), elementCount(dims.slice(axis))], data }];
};

const shape: ReferenceOp = (call) => {
  const { dims } = input(call, 0);
  const part = dims.slice(intAttribute(call.node, 'start', 0), intAttribute(call.node, 'end', dims.length));
  return [int64s([part.length], part)];
};

const cast: ReferenceOp = (call) => {
  const { dims, data } = input(call, 0);
  const dtype = intAttribute(call.node, 'to', DataType.UNDEFINED) as DataType;
  if (dtype === DataType.BOOL) return [{ dtype, dims, data: data.map((value) => Number(value !== 0)) }];
  return [{ dtype, dims, data: isFloatType(dtype) ? data : data.map(Math.trunc) }];
};

const trilu: ReferenceOp = (call) => {
  const { dtype, dims, data } = input(call, 0);
  const upper = intAttribute(call.node, 'upper', 1) !== 0;
  const diagonal = call.inputs[1]?.data[0] ?? 0;
  const [rows, cols] = [dims.at(-2)!, dims.at(-1)!];
  const kept = data.map((value, i) => {
    const distance = (i % cols) - (Math.floor(i / cols) % rows) - diagonal;
    return (upper ? distance >= 0 : distance <= 0) ? value : 0;
  });
  return [{ dtype, dims, data: kept }];
};

const tile: ReferenceOp = (call) => {
  const { dtype, dims, data } = input(call, 0);
  const repeats = Array.from(input(call, 1).data);
  const strides = stridesOf(dims);
  const interleaved = dims.flatMap((dim, axis) => [repeats[axis]!, dim]);
  return [
    {
      dtype,
      dims: dims.map((dim, axis) => dim * repeats[axis]!),
      data: strided(
        data,
        interleaved,
        strides.flatMap((stride) => [0, stride]),
      ),
    },
  ];
};

const size: ReferenceOp = (call) => [int64s([], [input(call, 0).data.length])];

const identity: ReferenceOp = (call) => [input(call, 0)];

export const shapeOps: ReferenceOps = {
  Identity: identity,
  // At inference nothing is dropped.
  Dropout: identity,
  Cast: cast,
  Reshape: reshape,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
  Flatten: flatten,
  Shape: shape,
  Size: size,
  Tile: tile,
  Trilu: trilu,
};
