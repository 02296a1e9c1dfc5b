import { SakeError } from './errors.js';

/** Element types of the safetensors format. */
export type SafetensorsDtype =
  | 'BOOL'
  | 'U8'
  | 'I8'
  | 'F8_E4M3'
  | 'F8_E5M2'
  | 'U16'
  | 'I16'
  | 'F16'
  | 'BF16'
  | 'U32'
  | 'I32'
  | 'F32'
  | 'U64'
  | 'I64'
  | 'F64';

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

interface Entry {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const METADATA = '__metadata__';
/** The format's own limit on the header. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Reads a safetensors file: an 8-byte header length, a JSON header, the tensors' bytes (little-endian).
 *
 * Tensors are views on `bytes` where alignment allows, so treat them as read-only.
 * @throws {SakeError} `invalid-file` when the header is not what the format says: truncated, not JSON, an unknown
 *   type, a shape that does not match its bytes, or byte ranges that overlap, leave holes or pass the end.
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { header, start } = readHeader(bytes);
  const metadata = readMetadata(header[METADATA]);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => readEntry(name, value));
  checkLayout(entries, bytes.byteLength - start);
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

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.byteLength < 8)
    throw invalid(`expected at least 8 bytes, got ${bytes.byteLength}; the file is truncated`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || 8 + length > bytes.byteLength)
    throw invalid(
      `expected a header within the file, got a header of ${length} bytes in a file of ${bytes.byteLength}; ` +
        'the file is truncated or not in this format',
    );
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch (cause) {
    throw invalid('expected a JSON header, got other bytes; the file is damaged', cause);
  }
  if (!isRecord(header)) throw invalid('expected a JSON object as header, got another value');
  return { header, start: 8 + length };
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw invalid(`expected an object for ${METADATA}, got ${JSON.stringify(value)}`);
  for (const [key, item] of Object.entries(value))
    if (typeof item !== 'string')
      throw invalid(`expected text for the metadata "${key}", got ${typeof item}`);
  return value as Record<string, string>;
}

function readEntry(name: string, value: unknown): Entry {
  if (!isRecord(value))
    throw invalid(`expected an object for tensor "${name}", got ${JSON.stringify(value)}`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype))
    throw invalid(
      `expected a type among ${Object.keys(ARRAYS).join(', ')} for tensor "${name}", got ${JSON.stringify(dtype)}`,
    );
  if (!isSizes(shape))
    throw invalid(`expected sizes as the shape of tensor "${name}", got ${JSON.stringify(shape)}`);
  if (!isSizes(offsets) || offsets.length !== 2)
    throw invalid(`expected two offsets for tensor "${name}", got ${JSON.stringify(offsets)}`);
  const [begin = 0, end = 0] = offsets;
  const expected = count(shape) * ARRAYS[dtype].BYTES_PER_ELEMENT;
  if (end - begin !== expected)
    throw invalid(
      `expected ${expected} bytes for tensor "${name}" of shape [${shape.join(', ')}], got ${end - begin}`,
    );
  return { name, dtype, shape, begin, end };
}

/** The byte ranges must cover the data exactly once. */
function checkLayout(entries: readonly Entry[], available: number): void {
  let covered = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered)
      throw invalid(
        `expected tensor "${name}" to start at byte ${covered}, got ${begin}; tensors overlap or leave a hole`,
      );
    covered = end;
  }
  if (covered !== available)
    throw invalid(`expected ${covered} bytes of data, got ${available}; the file is truncated or damaged`);
}

function checkTensor(name: string, { dtype, shape, data }: SafetensorsTensor): void {
  if (name === METADATA)
    throw new SakeError(
      'invalid-input',
      `writeSafetensors: expected a tensor name, got the reserved "${METADATA}"`,
    );
  if (!isDtype(dtype) || !(data instanceof ARRAYS[dtype]))
    throw new SakeError(
      'invalid-input',
      `writeSafetensors: expected values of ${String(dtype)} for tensor "${name}", got ${data.constructor.name}`,
    );
  if (count(shape) !== data.length)
    throw new SakeError(
      'shape-mismatch',
      `writeSafetensors: expected ${count(shape)} values for tensor "${name}" of shape [${shape.join(', ')}], got ${data.length}`,
    );
}

function typedView(bytes: Uint8Array, dtype: SafetensorsDtype): SafetensorsData {
  const ArrayType = ARRAYS[dtype];
  const aligned = bytes.byteOffset % ArrayType.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return new ArrayType(aligned.buffer, aligned.byteOffset, bytes.byteLength / ArrayType.BYTES_PER_ELEMENT);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDtype(value: unknown): value is SafetensorsDtype {
  return typeof value === 'string' && Object.hasOwn(ARRAYS, value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** By UTF-16 units: the same everywhere, unlike a locale's order. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function invalid(message: string, cause?: unknown): SakeError {
  return new SakeError('invalid-file', `readSafetensors: ${message}`, { cause });
}
