import { SakeError } from '@sakejs/spec';
import { elementCount } from '../tensors/element-types.js';
import type { RefTensor } from './ref-tensor.js';

/** Row-major strides of a shape, in elements. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length);
  let step = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= dims[axis]!;
  }
  return strides;
}

/** Values read at `offset + sum(index * stride)` for every index of `dims`, in row-major order. */
export function strided(
  data: Float64Array,
  dims: readonly number[],
  strides: readonly number[],
  offset = 0,
): Float64Array {
  const out = new Float64Array(elementCount(dims));
  const index = new Array<number>(dims.length).fill(0);
  let at = offset;
  for (let i = 0; i < out.length; i++) {
    out[i] = data[at]!;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < dims[axis]!) break;
      at -= strides[axis]! * dims[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}

/** 0, 1, 2 … */
export function range(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => i);
}

/** A shape seen from one axis: [outer, count, inner]. */
export function aroundAxis(
  dims: readonly number[],
  axis: number,
): { outer: number; count: number; inner: number } {
  return {
    outer: elementCount(dims.slice(0, axis)),
    count: dims[axis]!,
    inner: elementCount(dims.slice(axis + 1)),
  };
}

/** The shape that numpy broadcasting gives. */
export function broadcastDims(shapes: readonly (readonly number[])[], where: string): number[] {
  const rank = Math.max(0, ...shapes.map((dims) => dims.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes
      .map((dims) => dims[axis - rank + dims.length])
      .filter((dim) => dim !== undefined && dim !== 1);
    if (sizes.some((dim) => dim !== sizes[0]))
      throw new SakeError(
        'shape-mismatch',
        `${where}: expected shapes that broadcast, got ${shapes.map((dims) => `[${dims.join(', ')}]`).join(' and ')}`,
      );
    return sizes[0] ?? 1;
  });
}

/** The strides with which a tensor of shape `dims` is read as one of shape `out`. */
export function broadcastStrides(dims: readonly number[], out: readonly number[]): number[] {
  const own = stridesOf(dims);
  const missing = out.length - dims.length;
  return out.map((_, axis) => (axis < missing || dims[axis - missing] === 1 ? 0 : own[axis - missing]!));
}

/** A tensor's values repeated to a shape; the tensor's own array where nothing is repeated. */
export function broadcastTo(tensor: RefTensor, out: readonly number[]): Float64Array {
  if (tensor.data.length === elementCount(out)) return tensor.data;
  return strided(tensor.data, out, broadcastStrides(tensor.dims, out));
}
