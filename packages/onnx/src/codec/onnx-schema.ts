import type {
  OnnxAttribute,
  OnnxDimension,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxOperatorSet,
  OnnxSparseTensor,
  OnnxStringEntry,
  OnnxTensor,
  OnnxTensorType,
  OnnxType,
  OnnxValueInfo,
} from '../ir.js';
import { list, optional, optionalList, packed, required, wrapped, type SchemaOf } from './schema.js';

// Field numbers of the messages in ONNX's protobuf schema. Fields that are missing here (quantization annotations,
// training information, device configurations) are kept as unknown fields.

const stringEntry: SchemaOf<OnnxStringEntry> = {
  key: required(1, 'string'),
  value: required(2, 'string'),
};

const tensor: SchemaOf<OnnxTensor> = {
  dims: list(1, 'int'),
  dataType: required(2, 'int32'),
  segment: optional(3, 'bytes'),
  floatData: packed(4, 'float'),
  int32Data: packed(5, 'int32'),
  stringData: optionalList(6, 'bytes'),
  int64Data: packed(7, 'bigint'),
  name: required(8, 'string'),
  rawData: optional(9, 'bytes'),
  doubleData: packed(10, 'double'),
  uint64Data: packed(11, 'ubigint'),
  docString: optional(12, 'string'),
  externalData: optionalList(13, () => stringEntry),
  dataLocation: optional(14, 'int32'),
  metadataProps: optionalList(16, () => stringEntry),
};

const sparseTensor: SchemaOf<OnnxSparseTensor> = {
  values: optional(1, () => tensor),
  indices: optional(2, () => tensor),
  dims: list(3, 'int'),
};

const dimension: SchemaOf<OnnxDimension> = {
  value: optional(1, 'int'),
  param: optional(2, 'string'),
  denotation: optional(3, 'string'),
};

const tensorType: SchemaOf<OnnxTensorType> = {
  elemType: required(1, 'int32'),
  shape: wrapped(2, () => dimension),
};

const type: SchemaOf<OnnxType> = {
  tensor: optional(1, () => tensorType),
  denotation: optional(6, 'string'),
};

const valueInfo: SchemaOf<OnnxValueInfo> = {
  name: required(1, 'string'),
  type: optional(2, () => type),
  docString: optional(3, 'string'),
  metadataProps: optionalList(4, () => stringEntry),
};

const attribute: SchemaOf<OnnxAttribute> = {
  name: required(1, 'string'),
  f: optional(2, 'float'),
  i: optional(3, 'int'),
  s: optional(4, 'bytes'),
  t: optional(5, () => tensor),
  g: optional(6, () => graph),
  floats: optionalList(7, 'float'),
  ints: optionalList(8, 'int'),
  strings: optionalList(9, 'bytes'),
  tensors: optionalList(10, () => tensor),
  graphs: optionalList(11, () => graph),
  docString: optional(13, 'string'),
  tp: optional(14, () => type),
  typeProtos: optionalList(15, () => type),
  type: required(20, 'int32'),
  refAttrName: optional(21, 'string'),
  sparseTensor: optional(22, () => sparseTensor),
  sparseTensors: optionalList(23, () => sparseTensor),
};

const node: SchemaOf<OnnxNode> = {
  inputs: list(1, 'string'),
  outputs: list(2, 'string'),
  name: required(3, 'string'),
  opType: required(4, 'string'),
  attributes: list(5, () => attribute),
  docString: optional(6, 'string'),
  domain: required(7, 'string'),
  overload: optional(8, 'string'),
  metadataProps: optionalList(9, () => stringEntry),
};

const graph: SchemaOf<OnnxGraph> = {
  nodes: list(1, () => node),
  name: required(2, 'string'),
  initializers: list(5, () => tensor),
  docString: optional(10, 'string'),
  inputs: list(11, () => valueInfo),
  outputs: list(12, () => valueInfo),
  valueInfo: list(13, () => valueInfo),
  sparseInitializers: optionalList(15, () => sparseTensor),
  metadataProps: optionalList(16, () => stringEntry),
};

const operatorSet: SchemaOf<OnnxOperatorSet> = {
  domain: required(1, 'string'),
  version: required(2, 'int'),
};

const functionSchema: SchemaOf<OnnxFunction> = {
  name: required(1, 'string'),
  inputs: list(4, 'string'),
  outputs: list(5, 'string'),
  attributes: optionalList(6, 'string'),
  nodes: list(7, () => node),
  docString: optional(8, 'string'),
  opsetImports: list(9, () => operatorSet),
  domain: required(10, 'string'),
  attributeDefaults: optionalList(11, () => attribute),
  valueInfo: optionalList(12, () => valueInfo),
  overload: optional(13, 'string'),
  metadataProps: optionalList(14, () => stringEntry),
};

/** The messages of an ONNX file, starting at its root. */
export const modelSchema: SchemaOf<OnnxModel> = {
  irVersion: required(1, 'int'),
  producerName: optional(2, 'string'),
  producerVersion: optional(3, 'string'),
  domain: optional(4, 'string'),
  modelVersion: optional(5, 'int'),
  docString: optional(6, 'string'),
  graph: required(7, () => graph),
  opsetImports: list(8, () => operatorSet),
  metadataProps: optionalList(14, () => stringEntry),
  functions: optionalList(25, () => functionSchema),
};
