import { SakeError } from './errors.js';
import {
  elementCount,
  HEADER_PREFIX_BYTES,
  isSafetensorsDtype,
  METADATA,
  parseSafetensorsHeader,
  safetensorsHeaderLength,
  type SafetensorsDtype,
} from './safetensors-header.js';

/** The typed array of each element type; half-precision and 8-bit floats as unsigned bit patterns. */
export type SafetensorsData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | BigUint64Array
  | BigInt64Array
  | Float64Array;

/** A named tensor's element type, shape and values, row-major. */
export interface SafetensorsTensor {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly data: SafetensorsData;
}

/** What a safetensors file holds. */
export interface SafetensorsFile {
  readonly tensors: Readonly<Record<string, SafetensorsTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface ArrayClass {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset: number, length: number): SafetensorsData;
}

const ARRAYS: Readonly<Record<SafetensorsDtype, ArrayClass>> = {
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  F8_E4M3: Uint8Array,
  F8_E5M2: Uint8Array,
  U16: Uint16Array,
  I16: Int16Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  U32: Uint32Array,
  I32: Int32Array,
  F32: Float32Array,
  U64: BigUint64Array,
  I64: BigInt64Array,
  F64: Float64Array,
};

/**
 * Reads a safetensors file: an 8-byte header length, a JSON header, the tensors' bytes (little-endian).
 *
 * Tensors are views on `bytes` where alignment allows, so treat them as read-only.
 * @throws {SakeError} `invalid-file` when the header is not what the format says: truncated, not JSON, an unknown
 *   type, a shape that does not match its bytes, or byte ranges that overlap, leave holes or pass the end.
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const length = safetensorsHeaderLength(bytes.subarray(0, HEADER_PREFIX_BYTES), bytes.byteLength);
  const start = HEADER_PREFIX_BYTES + length;
  const { entries, metadata } = parseSafetensorsHeader(
    bytes.subarray(HEADER_PREFIX_BYTES, start),
    bytes.byteLength - start,
  );
  const tensors = entries.map(({ name, dtype, shape, begin, end }): [string, SafetensorsTensor] => [
    name,
    { dtype, shape, data: typedView(bytes.subarray(start + begin, start + end), dtype) },
  ]);
  return { tensors: Object.fromEntries(tensors), metadata };
}

/**
 * Writes a safetensors file; equal contents give equal bytes, in whatever order they are listed.
 *
 * Tensors lie widest element first, then by name, so that each is aligned; the header is padded to 8 bytes.
 * @throws {SakeError} `shape-mismatch` when a shape and the number of values differ, `invalid-input` for a
 *   reserved name, a type that the array does not match, or metadata that is not text.
 */
export function writeSafetensors(file: {
  readonly tensors: Readonly<Record<string, SafetensorsTensor>>;
  readonly metadata?: Readonly<Record<string, string>>;
}): Uint8Array<ArrayBuffer> {
  for (const [name, tensor] of Object.entries(file.tensors)) checkTensor(name, tensor);
  const tensors = Object.entries(file.tensors).sort(
    ([nameA, a], [nameB, b]) =>
      ARRAYS[b.dtype].BYTES_PER_ELEMENT - ARRAYS[a.dtype].BYTES_PER_ELEMENT || compare(nameA, nameB),
  );
  let end = 0;
  const described = tensors.map(([name, tensor]): [string, unknown] => {
    const begin = end;
    end += tensor.data.byteLength;
    return [name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, end] }];
  });
  const metadata = Object.entries(file.metadata ?? {}).sort(([a], [b]) => compare(a, b));
  for (const [key, value] of metadata)
    if (typeof value !== 'string')
      throw new SakeError(
        'invalid-input',
        `writeSafetensors: expected text for the metadata "${key}", got ${typeof value}; use JSON.stringify`,
      );
  const entries = metadata.length > 0 ? [[METADATA, Object.fromEntries(metadata)], ...described] : described;
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerLength = Math.ceil(header.byteLength / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(header, 8);
  bytes.fill(0x20, 8 + header.byteLength, 8 + headerLength);
  let offset = 8 + headerLength;
  for (const [, { data }] of tensors) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

function checkTensor(name: string, { dtype, shape, data }: SafetensorsTensor): void {
  if (name === METADATA)
    throw new SakeError(
      'invalid-input',
      `writeSafetensors: expected a tensor name, got the reserved "${METADATA}"`,
    );
  if (!isSafetensorsDtype(dtype) || !(data instanceof ARRAYS[dtype]))
    throw new SakeError(
      'invalid-input',
      `writeSafetensors: expected values of ${String(dtype)} for tensor "${name}", got ${data.constructor.name}`,
    );
  if (elementCount(shape) !== data.length)
    throw new SakeError(
      'shape-mismatch',
      `writeSafetensors: expected ${elementCount(shape)} values for tensor "${name}" of shape [${shape.join(', ')}], got ${data.length}`,
    );
}

function typedView(bytes: Uint8Array, dtype: SafetensorsDtype): SafetensorsData {
  const ArrayType = ARRAYS[dtype];
  const aligned = bytes.byteOffset % ArrayType.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return new ArrayType(aligned.buffer, aligned.byteOffset, bytes.byteLength / ArrayType.BYTES_PER_ELEMENT);
}

/** By UTF-16 units: the same everywhere, unlike a locale's order. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
