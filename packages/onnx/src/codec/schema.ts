import { WireType } from '@bufbuild/protobuf/wire';

/** How a field's value is written: a scalar of the protobuf wire format, or a message. */
export type FieldType = Scalar | (() => Schema);

/** `int` is an int64 read as a number; `bigint` and `ubigint` keep all 64 bits. */
export type Scalar = 'string' | 'bytes' | 'int' | 'int32' | 'bigint' | 'ubigint' | 'float' | 'double';

/** How the wire format frames each scalar. */
export const WIRE_TYPES: Readonly<Record<Scalar, WireType>> = {
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
  int: WireType.Varint,
  int32: WireType.Varint,
  bigint: WireType.Varint,
  ubigint: WireType.Varint,
  float: WireType.Bit32,
  double: WireType.Bit64,
};

/** One field of a message. */
export interface Field {
  readonly no: number;
  readonly type: FieldType;
  /**
   * `single`: the last one counts, messages are merged. `list`: one entry each. `packed`: a list written in one piece.
   * `wrapped`: a message whose only field, number 1, is the list.
   */
  readonly form: 'single' | 'list' | 'packed' | 'wrapped';
  /** Present even when the file leaves it out: as '', 0, [] or an empty message. */
  readonly required: boolean;
}

/** The fields of a message, by the property that holds each. */
export type Schema = Readonly<Record<string, Field>>;

/** A schema that describes every property of `T`. */
export type SchemaOf<T> = Readonly<Record<Exclude<keyof T, 'unknown'>, Field>>;

/** The message around a {@link wrapped} list. */
export const wrapper = (type: FieldType): Schema => ({ [WRAPPED]: list(1, type) });

/** Where {@link wrapper} holds its list: TensorShapeProto's only field. */
export const WRAPPED = 'dim';

/** A message while it is read or written. */
export type Message = Record<string, unknown>;

/** A field that is always there. */
export const required = (no: number, type: FieldType): Field => ({
  no,
  type,
  form: 'single',
  required: true,
});

/** A field that may be absent. */
export const optional = (no: number, type: FieldType): Field => ({
  no,
  type,
  form: 'single',
  required: false,
});

/** A list that is always there, maybe empty. */
export const list = (no: number, type: FieldType): Field => ({ no, type, form: 'list', required: true });

/** A list that is absent when empty. */
export const optionalList = (no: number, type: FieldType): Field => ({
  no,
  type,
  form: 'list',
  required: false,
});

/** A list of numbers in one piece, absent when empty. */
export const packed = (no: number, type: Scalar): Field => ({ no, type, form: 'packed', required: false });

/** A list in a message of its own, so that absent and empty differ. */
export const wrapped = (no: number, type: FieldType): Field => ({
  no,
  type,
  form: 'wrapped',
  required: false,
});
