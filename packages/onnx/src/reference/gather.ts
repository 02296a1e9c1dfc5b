import { SakeError } from '@sakejs/spec';
import { intAttribute, textAttribute } from '../attributes.js';
import { elementCount } from '../tensors/element-types.js';
import {
  axisOf,
  describeNode,
  input,
  type OpCall,
  type ReferenceOp,
  type ReferenceOps,
} from './reference-op.js';
import type { RefTensor } from './ref-tensor.js';
import { aroundAxis, stridesOf } from './strides.js';

function positive(index: number, dim: number, call: OpCall): number {
  const at = index < 0 ? index + dim : index;
  if (at < 0 || at >= dim)
    throw new SakeError(
      'invalid-input',
      `${describeNode(call.node)}: expected an index in [-${dim}, ${dim}), got ${index}`,
    );
  return at;
}

const gather: ReferenceOp = (call) => {
  const [{ dtype, dims, data }, indices] = [input(call, 0), input(call, 1)];
  const axis = axisOf(call, dims.length, 0);
  const { outer, count, inner } = aroundAxis(dims, axis);
  const shape = [...dims.slice(0, axis), ...indices.dims, ...dims.slice(axis + 1)];
  const out = new Float64Array(elementCount(shape));
  let at = 0;
  for (let o = 0; o < outer; o++)
    for (const given of indices.data) {
      const from = (o * count + positive(given, count, call)) * inner;
      out.set(data.subarray(from, from + inner), at);
      at += inner;
    }
  return [{ dtype, dims: shape, data: out }];
};

/** For every element of `indices`, the place in a tensor of shape `dims` that it names along `axis`. */
function elementPlaces(
  call: OpCall,
  dims: readonly number[],
  indices: RefTensor,
  axis: number,
): Float64Array {
  const strides = stridesOf(dims);
  const own = stridesOf(indices.dims);
  return indices.data.map((given, i) =>
    own.reduce((place, stride, k) => {
      const index =
        k === axis ? positive(given, dims[axis]!, call) : Math.floor(i / stride) % indices.dims[k]!;
      return place + index * strides[k]!;
    }, 0),
  );
}

const gatherElements: ReferenceOp = (call) => {
  const [{ dtype, dims, data }, indices] = [input(call, 0), input(call, 1)];
  const places = elementPlaces(call, dims, indices, axisOf(call, dims.length, 0));
  return [{ dtype, dims: indices.dims, data: places.map((place) => data[place]!) }];
};

/** Start and size of every block that rows of `indices` name below the `batchDims` leading axes. */
function blockStarts(
  call: OpCall,
  dims: readonly number[],
  indices: RefTensor,
  batchDims: number,
): { starts: number[]; size: number } {
  const depth = indices.dims.at(-1)!;
  const strides = stridesOf(dims);
  const rows = indices.data.length / depth;
  const perBatch = rows / elementCount(dims.slice(0, batchDims));
  const batchSize = elementCount(dims.slice(batchDims));
  const starts = Array.from({ length: rows }, (_, row) => {
    let start = Math.floor(row / perBatch) * batchSize;
    for (let k = 0; k < depth; k++)
      start += positive(indices.data[row * depth + k]!, dims[batchDims + k]!, call) * strides[batchDims + k]!;
    return start;
  });
  return { starts, size: elementCount(dims.slice(batchDims + depth)) };
}

const gatherNd: ReferenceOp = (call) => {
  const [{ dtype, dims, data }, indices] = [input(call, 0), input(call, 1)];
  const batchDims = intAttribute(call.node, 'batch_dims', 0);
  const { starts, size } = blockStarts(call, dims, indices, batchDims);
  const shape = [...indices.dims.slice(0, -1), ...dims.slice(batchDims + indices.dims.at(-1)!)];
  const out = new Float64Array(elementCount(shape));
  starts.forEach((start, row) => out.set(data.subarray(start, start + size), row * size));
  return [{ dtype, dims: shape, data: out }];
};

function scatterStep(call: OpCall): (old: number, value: number) => number {
  const reduction = textAttribute(call.node, 'reduction', 'none');
  if (reduction === 'none') return (_, value) => value;
  if (reduction === 'add') return (old, value) => old + value;
  throw new SakeError(
    'unsupported',
    `${describeNode(call.node)}: expected reduction "none" or "add", got "${reduction}"`,
  );
}

const scatterElements: ReferenceOp = (call) => {
  const [{ dtype, dims, data }, indices, updates] = [input(call, 0), input(call, 1), input(call, 2)];
  const step = scatterStep(call);
  const out = data.slice();
  elementPlaces(call, dims, indices, axisOf(call, dims.length, 0)).forEach((place, i) => {
    out[place] = step(out[place]!, updates.data[i]!);
  });
  return [{ dtype, dims, data: out }];
};

const scatterNd: ReferenceOp = (call) => {
  const [{ dtype, dims, data }, indices, updates] = [input(call, 0), input(call, 1), input(call, 2)];
  const step = scatterStep(call);
  const { starts, size } = blockStarts(call, dims, indices, 0);
  const out = data.slice();
  starts.forEach((start, row) => {
    for (let i = 0; i < size; i++) out[start + i] = step(out[start + i]!, updates.data[row * size + i]!);
  });
  return [{ dtype, dims, data: out }];
};

export const gatherOps: ReferenceOps = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  ScatterElements: scatterElements,
  ScatterND: scatterNd,
};
