export {
  AttributeType,
  DataType,
  type OnnxAttribute,
  type OnnxDimension,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxOperatorSet,
  type OnnxSparseTensor,
  type OnnxStringEntry,
  type OnnxTensor,
  type OnnxTensorType,
  type OnnxType,
  type OnnxValueInfo,
  type UnknownField,
} from './ir.js';
export {
  findAttribute,
  float,
  floatAttribute,
  floats,
  floatsAttribute,
  int,
  intAttribute,
  ints,
  intsAttribute,
  subgraph,
  subgraphs,
  tensor,
  tensorAttribute,
  text,
  textAttribute,
  type AttributeValue,
} from './attributes.js';
export {
  GraphBuilder,
  tensorInfo,
  type BuildOptions,
  type Dimension,
  type NodeOptions,
} from './graph-builder.js';
export {
  byteLength,
  dataTypeName,
  dataTypeOf,
  elementCount,
  type TensorData,
} from './tensors/element-types.js';
export { fromBfloat16Bits, fromFloat16Bits, toBfloat16Bits, toFloat16Bits } from './tensors/float16.js';
export { makeTensor } from './tensors/make-tensor.js';
export { isExternal, readNumbers, readTensor } from './tensors/read-tensor.js';
export { decodeModel } from './codec/decode-model.js';
export { appendToModel, encodeModel, type ModelAddition } from './codec/encode-model.js';
