import { SakeError } from '@sakejs/spec';
import { floatAttribute, intAttribute, intsAttribute, textAttribute } from '../attributes.js';
import { elementCount } from '../tensors/element-types.js';
import {
  axesOf,
  axisOf,
  describeNode,
  input,
  type OpCall,
  type ReferenceOp,
  type ReferenceOps,
} from './reference-op.js';
import type { RefTensor } from './ref-tensor.js';
import { aroundAxis, strided, stridesOf } from './strides.js';

/** Numbers from an input or, in older operator sets, from an attribute. */
function numbers(call: OpCall, index: number, attribute: string): number[] | undefined {
  const given = call.inputs[index];
  return given === undefined ? intsAttribute(call.node, attribute, undefined) : Array.from(given.data);
}

const slice: ReferenceOp = (call) => {
  const { dtype, dims, data } = input(call, 0);
  const starts = numbers(call, 1, 'starts') ?? [];
  const ends = numbers(call, 2, 'ends') ?? [];
  const axes = axesOf(call, 3, dims.length) ?? starts.map((_, axis) => axis);
  const steps = numbers(call, 4, 'steps') ?? starts.map(() => 1);
  const shape = [...dims];
  const strides = stridesOf(dims);
  let offset = 0;
  axes.forEach((axis, i) => {
    const dim = dims[axis]!;
    const step = steps[i]!;
    // Bounds beyond the axis mean its ends; -1 is a valid end when stepping backwards.
    const [low, high] = step > 0 ? [0, dim] : [-1, dim - 1];
    const bound = (value: number): number => Math.min(Math.max(value < 0 ? value + dim : value, low), high);
    const start = step > 0 ? bound(starts[i]!) : Math.max(bound(starts[i]!), 0);
    shape[axis] = Math.max(0, Math.ceil((bound(ends[i]!) - start) / step));
    offset += start * strides[axis]!;
    strides[axis]! *= step;
  });
  return [{ dtype, dims: shape, data: strided(data, shape, strides, offset) }];
};

/** `count` entries of an axis from `start` on. */
function part(tensor: RefTensor, axis: number, start: number, count: number): RefTensor {
  const strides = stridesOf(tensor.dims);
  const dims = tensor.dims.map((dim, i) => (i === axis ? count : dim));
  return { dtype: tensor.dtype, dims, data: strided(tensor.data, dims, strides, start * strides[axis]!) };
}

const split: ReferenceOp = (call) => {
  const tensor = input(call, 0);
  const axis = axisOf(call, tensor.dims.length, 0);
  const pieces = intAttribute(call.node, 'num_outputs', call.node.outputs.length);
  const even = Math.ceil(tensor.dims[axis]! / pieces);
  const sizes =
    numbers(call, 1, 'split') ??
    Array.from({ length: pieces }, (_, i) => Math.min(even, tensor.dims[axis]! - i * even));
  let start = 0;
  return sizes.map((count) => {
    const piece = part(tensor, axis, start, count);
    start += count;
    return piece;
  });
};

const concat: ReferenceOp = (call) => {
  const parts = call.inputs.map((_, index) => input(call, index));
  const first = input(call, 0);
  const axis = axisOf(call, first.dims.length, 0);
  const total = parts.reduce((sum, { dims }) => sum + dims[axis]!, 0);
  const dims = first.dims.map((dim, i) => (i === axis ? total : dim));
  const { outer, inner } = aroundAxis(dims, axis);
  const data = new Float64Array(elementCount(dims));
  let at = 0;
  for (const piece of parts) {
    const width = piece.dims[axis]! * inner;
    if (piece.data.length !== outer * width)
      throw new SakeError(
        'shape-mismatch',
        `${describeNode(call.node)}: expected equal shapes but for axis ${axis}, got [${piece.dims.join(', ')}] beside [${first.dims.join(', ')}]`,
      );
    for (let o = 0; o < outer; o++)
      data.set(piece.data.subarray(o * width, (o + 1) * width), o * total * inner + at);
    at += width;
  }
  return [{ dtype: first.dtype, dims, data }];
};

const pad: ReferenceOp = (call) => {
  const mode = textAttribute(call.node, 'mode', 'constant');
  if (mode !== 'constant')
    throw new SakeError('unsupported', `${describeNode(call.node)}: expected mode "constant", got "${mode}"`);
  const { dtype, dims, data } = input(call, 0);
  const pads = numbers(call, 1, 'pads') ?? [];
  const axes =
    axesOf({ ...call, node: { ...call.node, attributes: [] } }, 3, dims.length) ?? dims.map((_, i) => i);
  const before = dims.map((_, axis) => (axes.includes(axis) ? pads[axes.indexOf(axis)]! : 0));
  const after = dims.map((_, axis) => (axes.includes(axis) ? pads[axes.length + axes.indexOf(axis)]! : 0));
  const shape = dims.map((dim, axis) => before[axis]! + dim + after[axis]!);
  const value = call.inputs[2]?.data[0] ?? floatAttribute(call.node, 'value', 0);
  const strides = stridesOf(dims);
  const outStrides = stridesOf(shape);
  const out = Float64Array.from({ length: elementCount(shape) }, (_, i) => {
    let from = 0;
    for (let axis = 0; axis < dims.length; axis++) {
      const index = (Math.floor(i / outStrides[axis]!) % shape[axis]!) - before[axis]!;
      if (index < 0 || index >= dims[axis]!) return value;
      from += index * strides[axis]!;
    }
    return data[from]!;
  });
  return [{ dtype, dims: shape, data: out }];
};

export const slicingOps: ReferenceOps = { Slice: slice, Split: split, Concat: concat, Pad: pad };
