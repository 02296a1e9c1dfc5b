import { SakeError } from '@sakejs/spec';
import { DataType, type OnnxTensor } from '../ir.js';
import { elementCount } from '../tensors/element-types.js';
import { readNumbers } from '../tensors/read-tensor.js';

/**
 * A tensor as the reference evaluator sees it.
 *
 * Every element type is held in float64: floats are never rounded to their own width, integers are exact
 * below 2^53 and rounded beyond, BOOL is 0 or 1. `dtype` only decides what differs between types, e.g. integer division.
 */
export interface RefTensor {
  readonly dtype: DataType;
  readonly dims: readonly number[];
  /** Row-major values. */
  readonly data: Float64Array;
}

/**
 * A tensor of the given type, over a Float64Array as it is or a copy of plain numbers.
 *
 * @throws {SakeError} `shape-mismatch` when the shape and the number of values differ.
 */
export function refTensor(dtype: DataType, dims: readonly number[], values: ArrayLike<number>): RefTensor {
  if (elementCount(dims) !== values.length)
    throw new SakeError(
      'shape-mismatch',
      `refTensor: expected ${elementCount(dims)} values of shape [${dims.join(', ')}], got ${values.length}`,
    );
  return { dtype, dims, data: values instanceof Float64Array ? values : Float64Array.from(values) };
}

/** A DOUBLE tensor. */
export function doubles(dims: readonly number[], values: ArrayLike<number>): RefTensor {
  return refTensor(DataType.DOUBLE, dims, values);
}

/** An INT64 tensor. */
export function int64s(dims: readonly number[], values: ArrayLike<number>): RefTensor {
  return refTensor(DataType.INT64, dims, values);
}

/** A model's constant as the evaluator holds it. */
export function fromOnnxTensor(tensor: OnnxTensor): RefTensor {
  return refTensor(tensor.dataType as DataType, tensor.dims, readNumbers(tensor, { rounded: true }));
}
