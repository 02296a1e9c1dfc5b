/** ONNX element types (TensorProto.DataType). */
export const DataType = {
  UNDEFINED: 0,
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  STRING: 8,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
  UINT64: 13,
  COMPLEX64: 14,
  COMPLEX128: 15,
  BFLOAT16: 16,
  FLOAT8E4M3FN: 17,
  FLOAT8E4M3FNUZ: 18,
  FLOAT8E5M2: 19,
  FLOAT8E5M2FNUZ: 20,
  UINT4: 21,
  INT4: 22,
  FLOAT4E2M1: 23,
} as const;

export type DataType = (typeof DataType)[keyof typeof DataType];

/** A field this package does not know, kept so that reading and writing loses nothing. */
export interface UnknownField {
  readonly no: number;
  readonly wireType: number;
  readonly data: Uint8Array;
}

interface Message {
  unknown?: UnknownField[];
}

export interface OnnxStringEntry extends Message {
  key: string;
  value: string;
}

/** A constant: raw little-endian bytes, typed fields, or a reference to external data. */
export interface OnnxTensor extends Message {
  name: string;
  dims: number[];
  dataType: number;
  /** Row-major little-endian bytes; a view on the file it was read from. */
  rawData?: Uint8Array;
  floatData?: number[];
  int32Data?: number[];
  stringData?: Uint8Array[];
  int64Data?: bigint[];
  doubleData?: number[];
  uint64Data?: bigint[];
  docString?: string;
  /** `location`, `offset`, `length`, `checksum` when the data lies in another file. */
  externalData?: OnnxStringEntry[];
  /** 1 when external. */
  dataLocation?: number;
  segment?: Uint8Array;
  metadataProps?: OnnxStringEntry[];
}

export interface OnnxSparseTensor extends Message {
  values?: OnnxTensor;
  indices?: OnnxTensor;
  dims: number[];
}

/** A dimension: a number, a name, or neither. */
export interface OnnxDimension extends Message {
  value?: number;
  param?: string;
  denotation?: string;
}

export interface OnnxTensorType extends Message {
  elemType: number;
  /** Absent: rank unknown. */
  shape?: OnnxDimension[];
}

/** A type: tensors are read, the other kinds (sequence, map, optional, sparse) kept as bytes. */
export interface OnnxType extends Message {
  tensor?: OnnxTensorType;
  denotation?: string;
}

export interface OnnxValueInfo extends Message {
  name: string;
  type?: OnnxType;
  docString?: string;
  metadataProps?: OnnxStringEntry[];
}

/** AttributeProto.AttributeType */
export const AttributeType = {
  UNDEFINED: 0,
  FLOAT: 1,
  INT: 2,
  STRING: 3,
  TENSOR: 4,
  GRAPH: 5,
  FLOATS: 6,
  INTS: 7,
  STRINGS: 8,
  TENSORS: 9,
  GRAPHS: 10,
  SPARSE_TENSOR: 11,
  SPARSE_TENSORS: 12,
  TYPE_PROTO: 13,
  TYPE_PROTOS: 14,
} as const;

export interface OnnxAttribute extends Message {
  name: string;
  type: number;
  f?: number;
  /** int64; a number when it fits exactly, which ONNX attributes in use do. */
  i?: number;
  /** Bytes of a UTF-8 text. */
  s?: Uint8Array;
  t?: OnnxTensor;
  g?: OnnxGraph;
  floats?: number[];
  ints?: number[];
  strings?: Uint8Array[];
  tensors?: OnnxTensor[];
  graphs?: OnnxGraph[];
  sparseTensor?: OnnxSparseTensor;
  sparseTensors?: OnnxSparseTensor[];
  tp?: OnnxType;
  typeProtos?: OnnxType[];
  docString?: string;
  refAttrName?: string;
}

export interface OnnxNode extends Message {
  opType: string;
  /** '' is ai.onnx. */
  domain: string;
  name: string;
  /** '' marks an optional input that is left out. */
  inputs: string[];
  outputs: string[];
  attributes: OnnxAttribute[];
  docString?: string;
  overload?: string;
  metadataProps?: OnnxStringEntry[];
}

export interface OnnxGraph extends Message {
  name: string;
  nodes: OnnxNode[];
  initializers: OnnxTensor[];
  inputs: OnnxValueInfo[];
  outputs: OnnxValueInfo[];
  valueInfo: OnnxValueInfo[];
  sparseInitializers?: OnnxSparseTensor[];
  docString?: string;
  metadataProps?: OnnxStringEntry[];
}

export interface OnnxOperatorSet extends Message {
  domain: string;
  version: number;
}

/** A composite operator that a model defines. */
export interface OnnxFunction extends Message {
  name: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  /** Names of attributes without a default. */
  attributes?: string[];
  nodes: OnnxNode[];
  opsetImports: OnnxOperatorSet[];
  /** Attributes with their defaults. */
  attributeDefaults?: OnnxAttribute[];
  valueInfo?: OnnxValueInfo[];
  docString?: string;
  overload?: string;
  metadataProps?: OnnxStringEntry[];
}

export interface OnnxModel extends Message {
  irVersion: number;
  opsetImports: OnnxOperatorSet[];
  graph: OnnxGraph;
  producerName?: string;
  producerVersion?: string;
  domain?: string;
  modelVersion?: number;
  docString?: string;
  metadataProps?: OnnxStringEntry[];
  functions?: OnnxFunction[];
}
