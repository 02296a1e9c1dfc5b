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

/** Where a tensor's bytes lie, counted from the end of the header. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  /** First byte behind the tensor. */
  readonly end: number;
}

/** What the header of a safetensors file says. */
export interface SafetensorsHeader {
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes before the header, which hold its length. */
export const HEADER_PREFIX_BYTES = 8;

/** The header's one name that is no tensor's. */
export const METADATA = '__metadata__';

/** The format's own limit on the header. */
const MAX_HEADER_BYTES = 100_000_000;

const ELEMENT_BYTES: Readonly<Record<SafetensorsDtype, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
};

/**
 * Length of the header that follows the first 8 bytes of a file.
 *
 * @throws {SakeError} `invalid-file` when the header would pass the end of the file or the format's limit.
 */
export function safetensorsHeaderLength(prefix: Uint8Array, fileBytes: number): number {
  if (prefix.byteLength < HEADER_PREFIX_BYTES)
    throw invalid(`expected at least 8 bytes, got ${prefix.byteLength}; the file is truncated`);
  const length = Number(new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || HEADER_PREFIX_BYTES + length > fileBytes)
    throw invalid(
      `expected a header within the file, got a header of ${length} bytes in a file of ${fileBytes}; ` +
        'the file is truncated or not in this format',
    );
  return length;
}

/**
 * Reads the JSON header of a safetensors file, with `dataBytes` bytes of tensors behind it.
 *
 * @throws {SakeError} `invalid-file` when the header is not what the format says: not JSON, an unknown type, a shape
 *   that does not match its bytes, or byte ranges that overlap, leave holes or pass the end.
 */
export function parseSafetensorsHeader(bytes: Uint8Array, dataBytes: number): SafetensorsHeader {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid('expected a JSON header, got other bytes; the file is damaged', cause);
  }
  if (!isRecord(header)) throw invalid('expected a JSON object as header, got another value');
  const metadata = readMetadata(header[METADATA]);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => readEntry(name, value));
  checkLayout(entries, dataBytes);
  return { entries, metadata };
}

/** Whether a value names an element type of the format. */
export function isSafetensorsDtype(value: unknown): value is SafetensorsDtype {
  return typeof value === 'string' && Object.hasOwn(ELEMENT_BYTES, value);
}

/** Number of elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw invalid(`expected an object for ${METADATA}, got ${JSON.stringify(value)}`);
  for (const [key, item] of Object.entries(value))
    if (typeof item !== 'string')
      throw invalid(`expected text for the metadata "${key}", got ${typeof item}`);
  return value as Record<string, string>;
}

function readEntry(name: string, value: unknown): SafetensorsEntry {
  if (!isRecord(value))
    throw invalid(`expected an object for tensor "${name}", got ${JSON.stringify(value)}`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isSafetensorsDtype(dtype))
    throw invalid(
      `expected a type among ${Object.keys(ELEMENT_BYTES).join(', ')} for tensor "${name}", got ${JSON.stringify(dtype)}`,
    );
  if (!isSizes(shape))
    throw invalid(`expected sizes as the shape of tensor "${name}", got ${JSON.stringify(shape)}`);
  if (!isSizes(offsets) || offsets.length !== 2)
    throw invalid(`expected two offsets for tensor "${name}", got ${JSON.stringify(offsets)}`);
  const [begin = 0, end = 0] = offsets;
  const expected = elementCount(shape) * ELEMENT_BYTES[dtype];
  if (end - begin !== expected)
    throw invalid(
      `expected ${expected} bytes for tensor "${name}" of shape [${shape.join(', ')}], got ${end - begin}`,
    );
  return { name, dtype, shape, begin, end };
}

/** The byte ranges must cover the data exactly once. */
function checkLayout(entries: readonly SafetensorsEntry[], available: number): void {
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function invalid(message: string, cause?: unknown): SakeError {
  return new SakeError('invalid-file', `readSafetensors: ${message}`, { cause });
}
