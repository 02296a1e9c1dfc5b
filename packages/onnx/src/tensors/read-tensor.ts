import { SakeError } from '@sakejs/spec';
import { DataType, type OnnxTensor } from '../ir.js';
import { byteLength, dataTypeName, elementCount, type TensorData } from './element-types.js';
import { fromBfloat16Bits, fromFloat16Bits } from './float16.js';

interface ArrayClass {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset: number, length: number): TensorData;
}

const ARRAYS: Readonly<Partial<Record<number, ArrayClass>>> = {
  [DataType.FLOAT]: Float32Array,
  [DataType.DOUBLE]: Float64Array,
  [DataType.INT8]: Int8Array,
  [DataType.UINT8]: Uint8Array,
  [DataType.BOOL]: Uint8Array,
  [DataType.INT16]: Int16Array,
  [DataType.UINT16]: Uint16Array,
  [DataType.FLOAT16]: Uint16Array,
  [DataType.BFLOAT16]: Uint16Array,
  [DataType.INT32]: Int32Array,
  [DataType.UINT32]: Uint32Array,
  [DataType.INT64]: BigInt64Array,
  [DataType.UINT64]: BigUint64Array,
};

/** Whether a tensor's values lie in another file. */
export function isExternal(tensor: OnnxTensor): boolean {
  return tensor.dataLocation === 1;
}

/**
 * A tensor's values, row-major; FLOAT16 and BFLOAT16 widened to float32, BOOL as 0 and 1.
 *
 * A view on the file's bytes where alignment allows, so treat it as read-only.
 * @throws SakeError `invalid-file` when the bytes do not match the shape,
 *   `unsupported` for external data and for strings, complex, 8-bit float and 4-bit types.
 */
export function readTensor(tensor: OnnxTensor): TensorData {
  if (isExternal(tensor))
    throw new SakeError(
      'unsupported',
      `readTensor: expected values inside the model, got "${tensor.name}" in external data; read that file first`,
    );
  const ArrayType = ARRAYS[tensor.dataType];
  if (ArrayType === undefined)
    throw new SakeError(
      'unsupported',
      `readTensor: expected a numeric tensor, got "${tensor.name}" of ${dataTypeName(tensor.dataType)}`,
    );
  const count = elementCount(tensor.dims);
  const stored =
    tensor.rawData === undefined
      ? fromFields(tensor, count, ArrayType)
      : fromBytes(tensor, tensor.rawData, count, ArrayType);
  if (tensor.dataType === DataType.FLOAT16) return widen(stored, fromFloat16Bits);
  if (tensor.dataType === DataType.BFLOAT16) return widen(stored, fromBfloat16Bits);
  return stored;
}

/**
 * As {@link readTensor}, each value as a number; int64 beyond 2^53 is an `unsupported` error.
 *
 * @param options `rounded: true` gives such integers as the nearest number: exporters write 2^63 - 1 for the end of
 *   an axis.
 */
export function readNumbers(
  tensor: OnnxTensor,
  { rounded = false }: { readonly rounded?: boolean } = {},
): number[] {
  const values: ArrayLike<number | bigint> = readTensor(tensor);
  return Array.from(values, (value) => {
    const number = Number(value);
    if (!rounded && typeof value === 'bigint' && !Number.isSafeInteger(number))
      throw new SakeError(
        'unsupported',
        `readNumbers: expected integers below 2^53, got ${value} in "${tensor.name}"`,
      );
    return number;
  });
}

function fromBytes(tensor: OnnxTensor, bytes: Uint8Array, count: number, ArrayType: ArrayClass): TensorData {
  const expected = byteLength(tensor.dataType, count);
  if (bytes.byteLength !== expected) throw wrongSize(tensor, `${expected} bytes`, bytes.byteLength);
  const aligned = bytes.byteOffset % ArrayType.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return new ArrayType(aligned.buffer, aligned.byteOffset, count);
}

function fromFields(tensor: OnnxTensor, count: number, ArrayType: ArrayClass): TensorData {
  const field = typedField(tensor);
  if (field.length !== count) throw wrongSize(tensor, `${count} values`, field.length);
  const values = new ArrayType(new ArrayBuffer(byteLength(tensor.dataType, count)), 0, count);
  const writable = values as { [index: number]: number | bigint };
  for (let i = 0; i < count; i++) writable[i] = field[i]!;
  return values;
}

/** The repeated field in which the specification stores each type when `rawData` is not used. */
function typedField(tensor: OnnxTensor): readonly (number | bigint)[] {
  switch (tensor.dataType) {
    case DataType.FLOAT:
      return tensor.floatData ?? [];
    case DataType.DOUBLE:
      return tensor.doubleData ?? [];
    case DataType.INT64:
      return tensor.int64Data ?? [];
    case DataType.UINT64:
      return tensor.uint64Data ?? [];
    case DataType.UINT32:
      return (tensor.uint64Data ?? []).map(Number);
    default:
      return tensor.int32Data ?? [];
  }
}

function widen(bits: TensorData, value: (bits: number) => number): Float32Array {
  return Float32Array.from(bits as Uint16Array, value);
}

function wrongSize(tensor: OnnxTensor, expected: string, got: number): SakeError {
  return new SakeError(
    'invalid-file',
    `readTensor: expected ${expected} for "${tensor.name}" of shape [${tensor.dims.join(', ')}], got ${got}`,
  );
}
