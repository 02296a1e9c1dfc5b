import { SakeError } from '@sakejs/spec';
import { DataType } from '../ir.js';

/** Typed arrays that hold tensor values. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Bits an element of each numeric type takes in `rawData`. */
const BITS: Readonly<Partial<Record<number, number>>> = {
  [DataType.FLOAT]: 32,
  [DataType.UINT8]: 8,
  [DataType.INT8]: 8,
  [DataType.UINT16]: 16,
  [DataType.INT16]: 16,
  [DataType.INT32]: 32,
  [DataType.INT64]: 64,
  [DataType.BOOL]: 8,
  [DataType.FLOAT16]: 16,
  [DataType.DOUBLE]: 64,
  [DataType.UINT32]: 32,
  [DataType.UINT64]: 64,
  [DataType.COMPLEX64]: 64,
  [DataType.COMPLEX128]: 128,
  [DataType.BFLOAT16]: 16,
  [DataType.FLOAT8E4M3FN]: 8,
  [DataType.FLOAT8E4M3FNUZ]: 8,
  [DataType.FLOAT8E5M2]: 8,
  [DataType.FLOAT8E5M2FNUZ]: 8,
  [DataType.UINT4]: 4,
  [DataType.INT4]: 4,
  [DataType.FLOAT4E2M1]: 4,
};

/** Name of an element type, as in the ONNX specification: `FLOAT`, `INT64`, … */
export function dataTypeName(dataType: number): string {
  const entry = Object.entries(DataType).find(([, value]) => value === dataType);
  return entry?.[0] ?? `type ${dataType}`;
}

/**
 * Bytes that `count` elements of a type take in `rawData`.
 *
 * 4-bit types are packed two to a byte, the last byte padded.
 * @throws SakeError `unsupported` for strings and unknown types, which have no fixed size.
 */
export function byteLength(dataType: number, count: number): number {
  const bits = BITS[dataType];
  if (bits === undefined)
    throw new SakeError(
      'unsupported',
      `byteLength: expected an element type of fixed size, got ${dataTypeName(dataType)}`,
    );
  return Math.ceil((bits * count) / 8);
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** The element type that stores a typed array as it is. */
export function dataTypeOf(data: TensorData): DataType {
  if (data instanceof Float32Array) return DataType.FLOAT;
  if (data instanceof Float64Array) return DataType.DOUBLE;
  if (data instanceof BigInt64Array) return DataType.INT64;
  if (data instanceof BigUint64Array) return DataType.UINT64;
  if (data instanceof Int32Array) return DataType.INT32;
  if (data instanceof Uint32Array) return DataType.UINT32;
  if (data instanceof Int16Array) return DataType.INT16;
  if (data instanceof Uint16Array) return DataType.UINT16;
  if (data instanceof Int8Array) return DataType.INT8;
  return DataType.UINT8;
}
