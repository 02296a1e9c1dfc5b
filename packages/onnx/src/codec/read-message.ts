import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { UnknownField } from '../ir.js';
import { located, mismatch } from './codec-error.js';
import {
  WIRE_TYPES,
  WRAPPED,
  wrapper,
  type Field,
  type FieldType,
  type Message,
  type Scalar,
  type Schema,
} from './schema.js';

/** As in other protobuf implementations: deeper nesting is an attack, not a model. */
const MAX_DEPTH = 100;
const INT64_MAX = 2n ** 63n - 1n;

type NumberedFields = ReadonlyMap<number, readonly [key: string, field: Field]>;
const numbered = new WeakMap<Schema, NumberedFields>();

/** Reads a message; `bytes` values are views. Errors say where in the message they arose. */
export function readMessage(bytes: Uint8Array, schema: Schema): Message {
  return mergeMessage(emptyMessage(schema), bytes, schema, 0);
}

/** Reads fields into a message, as protobuf merges two messages of one type. */
function mergeMessage(target: Message, bytes: Uint8Array, schema: Schema, depth: number): Message {
  if (depth > MAX_DEPTH) throw mismatch(`at most ${MAX_DEPTH} nested messages`, 'more');
  const fields = fieldsByNumber(schema);
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [no, wireType] = reader.tag();
    const known = fields.get(no);
    if (known === undefined) keepUnknown(target, no, wireType, reader);
    else readField(target, known[0], known[1], wireType, reader, depth);
  }
  return target;
}

function readField(
  target: Message,
  key: string,
  field: Field,
  wireType: WireType,
  reader: BinaryReader,
  depth: number,
): void {
  const index = field.form === 'single' ? undefined : ((target[key] as unknown[] | undefined)?.length ?? 0);
  try {
    if (field.form === 'single') target[key] = readValue(field.type, wireType, reader, depth, target[key]);
    else readItems((target[key] ??= []) as unknown[], field, wireType, reader, depth);
  } catch (error) {
    throw located(error, index === undefined || field.form === 'wrapped' ? key : `${key}[${index}]`);
  }
}

function readItems(
  items: unknown[],
  field: Field,
  wireType: WireType,
  reader: BinaryReader,
  depth: number,
): void {
  const { type, form } = field;
  if (form === 'wrapped') {
    expectWireType(wireType, WireType.LengthDelimited);
    mergeMessage({ [WRAPPED]: items }, reader.bytes(), wrapper(type), depth + 1);
  } else if (isPackable(type) && wireType === WireType.LengthDelimited) {
    const run = new BinaryReader(reader.bytes());
    while (run.pos < run.len) items.push(readValue(type, WIRE_TYPES[type], run, depth, undefined));
  } else {
    items.push(readValue(type, wireType, reader, depth, undefined));
  }
}

function readValue(
  type: FieldType,
  wireType: WireType,
  reader: BinaryReader,
  depth: number,
  earlier: unknown,
): unknown {
  if (typeof type === 'function') {
    expectWireType(wireType, WireType.LengthDelimited);
    const schema = type();
    return mergeMessage(
      (earlier as Message | undefined) ?? emptyMessage(schema),
      reader.bytes(),
      schema,
      depth + 1,
    );
  }
  expectWireType(wireType, WIRE_TYPES[type]);
  switch (type) {
    case 'string':
      return reader.string(true);
    case 'bytes':
      return reader.bytes();
    case 'int':
      return exactNumber(BigInt(reader.int64()));
    case 'int32':
      return reader.int32();
    case 'bigint':
      return BigInt(reader.int64());
    case 'ubigint':
      return BigInt(reader.uint64());
    case 'float':
      return reader.float();
    case 'double':
      return reader.double();
  }
}

/** INT64_MAX ("to the end" in slices) reads as 2^63 and is written back as it was. */
function exactNumber(value: bigint): number {
  const number = Number(value);
  if (value !== INT64_MAX && BigInt(number) !== value)
    throw mismatch('an integer that a double holds exactly', String(value));
  return number;
}

function keepUnknown(target: Message, no: number, wireType: WireType, reader: BinaryReader): void {
  const data = reader.skip(wireType, no);
  if (reader.pos > reader.len) throw mismatch('a whole field', 'the end of the data');
  const kept = (target['unknown'] ??= []) as UnknownField[];
  kept.push({ no, wireType, data });
}

function emptyMessage(schema: Schema): Message {
  const entries = Object.entries(schema).filter(([, field]) => field.required);
  return Object.fromEntries(entries.map(([key, field]) => [key, emptyValue(field)]));
}

function emptyValue({ type, form }: Field): unknown {
  if (form !== 'single') return [];
  if (typeof type === 'function') return emptyMessage(type());
  return type === 'string' ? '' : 0;
}

function isPackable(type: FieldType): type is Scalar {
  return typeof type === 'string' && WIRE_TYPES[type] !== WireType.LengthDelimited;
}

function expectWireType(got: WireType, expected: WireType): void {
  if (got !== expected) throw mismatch(`wire type ${expected}`, String(got));
}

function fieldsByNumber(schema: Schema): NumberedFields {
  let fields = numbered.get(schema);
  if (fields === undefined) {
    fields = new Map(Object.entries(schema).map(([key, field]) => [field.no, [key, field]]));
    numbered.set(schema, fields);
  }
  return fields;
}
