import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { UnknownField } from '../ir.js';
import { located } from './codec-error.js';
import {
  WIRE_TYPES,
  WRAPPED,
  wrapper,
  type Field,
  type Message,
  type Scalar,
  type Schema,
} from './schema.js';

const LARGE = 4096;

/** Bytes in pieces: weights stay where they are until the whole is put together. */
interface Pieces {
  readonly parts: readonly Uint8Array[];
  readonly byteLength: number;
}

/** Writes the fields that a message has, unknown ones last; equal messages give equal bytes. */
export function writeMessage(message: Message, schema: Schema): Uint8Array<ArrayBuffer> {
  const { parts, byteLength } = messagePieces(message, schema);
  const bytes = new Uint8Array(byteLength);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  return bytes;
}

function messagePieces(message: Message, schema: Schema): Pieces {
  const output = new PieceWriter();
  for (const [key, field] of Object.entries(schema)) {
    const value = message[key];
    if (value === undefined) continue;
    if (field.form === 'list') {
      (value as unknown[]).forEach((item, index) =>
        at(`${key}[${index}]`, () => writeValue(output, field, item)),
      );
    } else at(key, () => writeField(output, field, value));
  }
  for (const { no, wireType, data } of (message['unknown'] ?? []) as UnknownField[]) {
    output.writer.tag(no, wireType).raw(data);
  }
  return output.finish();
}

function writeField(output: PieceWriter, field: Field, value: unknown): void {
  const { no, type, form, required } = field;
  if (form === 'wrapped') {
    output.message(no, messagePieces({ [WRAPPED]: value }, wrapper(type)));
  } else if (form === 'packed' && typeof type === 'string') {
    const run = new BinaryWriter();
    for (const item of value as unknown[]) writeScalar(run, type, item);
    if ((value as unknown[]).length > 0) output.bytes(no, run.finish());
  } else if (!(required && value === '')) {
    writeValue(output, field, value);
  }
}

function at(step: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw located(error, step);
  }
}

function writeValue(output: PieceWriter, { no, type }: Field, value: unknown): void {
  if (typeof type === 'function') output.message(no, messagePieces(value as Message, type()));
  else if (type === 'bytes') output.bytes(no, value as Uint8Array);
  else {
    output.writer.tag(no, WIRE_TYPES[type]);
    writeScalar(output.writer, type, value);
  }
}

function writeScalar(writer: BinaryWriter, type: Scalar, value: unknown): void {
  switch (type) {
    case 'string':
      writer.string(value as string);
      break;
    case 'bytes':
      writer.bytes(value as Uint8Array);
      break;
    case 'int':
      // 2^63 stands for INT64_MAX, which no double holds.
      writer.int64(value === 2 ** 63 ? 2n ** 63n - 1n : BigInt(value as number));
      break;
    case 'int32':
      writer.int32(value as number);
      break;
    case 'bigint':
      writer.int64(value as bigint);
      break;
    case 'ubigint':
      writer.uint64(value as bigint);
      break;
    case 'float':
      writer.float(value as number);
      break;
    case 'double':
      writer.double(value as number);
      break;
  }
}

/** Collects small values in one buffer and large ones by reference, so that weights are copied once. */
class PieceWriter {
  readonly writer = new BinaryWriter();
  readonly #parts: Uint8Array[] = [];
  #byteLength = 0;

  bytes(no: number, value: Uint8Array): void {
    this.message(no, { parts: [value], byteLength: value.byteLength });
  }

  message(no: number, { parts, byteLength }: Pieces): void {
    this.writer.tag(no, WireType.LengthDelimited).uint32(byteLength);
    if (byteLength < LARGE) {
      for (const part of parts) this.writer.raw(part);
    } else {
      this.#flush();
      for (const part of parts) this.#push(part);
    }
  }

  finish(): Pieces {
    this.#flush();
    return { parts: this.#parts, byteLength: this.#byteLength };
  }

  #flush(): void {
    this.#push(this.writer.finish());
  }

  #push(part: Uint8Array): void {
    if (part.byteLength === 0) return;
    this.#parts.push(part);
    this.#byteLength += part.byteLength;
  }
}
