import { SakeError } from '@sakejs/spec';
import { DataType, type OnnxTensor } from '../ir.js';
import { dataTypeName, dataTypeOf, elementCount, type TensorData } from './element-types.js';
import { toBfloat16Bits, toFloat16Bits } from './float16.js';

// The first magnitudes that round to infinity.
const FLOAT_LIMIT = 2 ** 128 - 2 ** 103;
const FLOAT16_LIMIT = 65520;
const BFLOAT16_LIMIT = 2 ** 128 - 2 ** 119;

/**
 * A tensor that stores `data` as little-endian bytes.
 *
 * Without `dataType` the bytes are a view on `data`, stored as its own type. With one, values are converted:
 * FLOAT16 and BFLOAT16 by rounding to nearest, ties to even; BOOL to 0 or 1; integers must be exact.
 * Plain number arrays need a `dataType`.
 * @throws SakeError `shape-mismatch` when the shape and the number of values differ,
 *   `invalid-input` for a value that the type cannot hold, `unsupported` for types without a conversion.
 */
export function makeTensor(
  name: string,
  dims: readonly number[],
  data: TensorData | readonly number[],
  dataType?: DataType,
): OnnxTensor {
  if (elementCount(dims) !== data.length)
    throw new SakeError(
      'shape-mismatch',
      `makeTensor: expected ${elementCount(dims)} values for "${name}" of shape [${dims.join(', ')}], got ${data.length}`,
    );
  const stored = ArrayBuffer.isView(data) ? dataTypeOf(data) : undefined;
  const type = dataType ?? stored;
  if (type === undefined)
    throw new SakeError(
      'invalid-input',
      `makeTensor: expected a typed array for "${name}", got plain numbers; pass dataType too`,
    );
  const values = type === stored ? (data as TensorData) : convert(name, data, type);
  return {
    name,
    dims: [...dims],
    dataType: type,
    rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

function convert(name: string, data: TensorData | readonly number[], dataType: DataType): TensorData {
  const count = data.length;
  switch (dataType) {
    case DataType.FLOAT:
      return rounded(name, dataType, new Float32Array(count), data, (value) => value, FLOAT_LIMIT);
    case DataType.DOUBLE:
      return fill(new Float64Array(count), data, Number);
    case DataType.FLOAT16:
      return rounded(name, dataType, new Uint16Array(count), data, toFloat16Bits, FLOAT16_LIMIT);
    case DataType.BFLOAT16:
      return rounded(name, dataType, new Uint16Array(count), data, toBfloat16Bits, BFLOAT16_LIMIT);
    case DataType.BOOL:
      return fill(new Uint8Array(count), data, (value) => (Number(value) === 0 ? 0 : 1));
    case DataType.INT64:
      return integers(name, new BigInt64Array(count), data, dataType);
    case DataType.UINT64:
      return integers(name, new BigUint64Array(count), data, dataType);
    case DataType.INT32:
      return integers(name, new Int32Array(count), data, dataType);
    case DataType.UINT32:
      return integers(name, new Uint32Array(count), data, dataType);
    case DataType.INT16:
      return integers(name, new Int16Array(count), data, dataType);
    case DataType.UINT16:
      return integers(name, new Uint16Array(count), data, dataType);
    case DataType.INT8:
      return integers(name, new Int8Array(count), data, dataType);
    case DataType.UINT8:
      return integers(name, new Uint8Array(count), data, dataType);
    default:
      throw new SakeError(
        'unsupported',
        `makeTensor: expected a type with a conversion for "${name}", got ${dataTypeName(dataType)}`,
      );
  }
}

function fill<T extends Exclude<TensorData, BigInt64Array | BigUint64Array>>(
  target: T,
  data: TensorData | readonly number[],
  value: (item: number | bigint) => number,
): T {
  for (let i = 0; i < target.length; i++) target[i] = value(data[i]!);
  return target;
}

/** Rounds to a narrower float; a finite value that would become infinite is refused. */
function rounded(
  name: string,
  dataType: DataType,
  target: Float32Array | Uint16Array,
  data: TensorData | readonly number[],
  bits: (value: number) => number,
  limit: number,
): TensorData {
  for (let i = 0; i < target.length; i++) {
    const value = Number(data[i]);
    if (Math.abs(value) >= limit && Math.abs(value) !== Infinity)
      throw new SakeError(
        'invalid-input',
        `makeTensor: expected ${dataTypeName(dataType)} values for "${name}", got ${value} at index ${i}, beyond their range`,
      );
    target[i] = bits(value);
  }
  return target;
}

function integers<T extends TensorData>(
  name: string,
  target: T,
  data: TensorData | readonly number[],
  dataType: DataType,
): T {
  const big = target instanceof BigInt64Array || target instanceof BigUint64Array;
  const values = target as { [index: number]: number | bigint };
  for (let i = 0; i < target.length; i++) {
    const value = data[i]!;
    const exact = typeof value === 'bigint' || Number.isSafeInteger(value);
    if (exact) values[i] = big ? BigInt(value) : Number(value);
    // The array stores modulo its width, so a value that does not fit reads back differently.
    if (!exact || BigInt(values[i]!) !== BigInt(value))
      throw new SakeError(
        'invalid-input',
        `makeTensor: expected ${dataTypeName(dataType)} values for "${name}", got ${value} at index ${i}`,
      );
  }
  return target;
}
