export {
  AttributeType,
  DataType,
  type OnnxAttribute,
  type OnnxDimension,
  type OnnxFunction,
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
export { activationNames, isActivationName, type ActivationName } from './decoder/activation.js';
export { buildDecoder } from './decoder/build-decoder.js';
export {
  buildTrainingGraph,
  trainingWeights,
  type TrainingGraphOptions,
} from './decoder/build-training-graph.js';
export type { DecoderConfig, Gpt2Config, GptJConfig, LlamaConfig, SlidingWindow } from './decoder/config.js';
export { encodeRows, rowMultiple, type EncodedPart } from './decoder/encode-rows.js';
export { parseDecoderConfig } from './decoder/parse-config.js';
export { planDecoder, type DecoderOptions, type DecoderPlan } from './decoder/plan-decoder.js';
export type { PlannedWeight, WeightEncoding, WeightStorage } from './decoder/planned-weight.js';
export type { RopeScaling } from './decoder/rope-frequencies.js';
export { rotaryTables, type RotaryPositions, type RotaryTables } from './decoder/rotary.js';
export { weightsFromSafetensors, type DecoderWeight } from './decoder/stored-weights.js';
export { decoderWeights, embeddingName, headName, type WeightSpec } from './decoder/weights.js';
export {
  appendCrossEntropyHead,
  type CrossEntropyHead,
  type CrossEntropyHeadOptions,
} from './gradient/cross-entropy-head.js';
export { differentiate, type Differentiated, type DifferentiateOptions } from './gradient/differentiate.js';
export { GradientGraph } from './gradient/gradient-graph.js';
export type { GradientCall, GradientRule, GradientRules } from './gradient/gradient-rule.js';
export { gradientRules } from './gradient/gradient-rules.js';
export { lossModel, type LossModel } from './gradient/loss-model.js';
export type { TensorFacts } from './gradient/facts/tensor-facts.js';
export { unbroadcast } from './gradient/unbroadcast.js';
export { operatorKey, opsetVersion } from './operator-key.js';
export { bodyModel, type BodyOptions } from './surgery/body-model.js';
export {
  changeableModel,
  type ChangeableModel,
  type ChangeableOptions,
  type ChangeInputs,
} from './surgery/changeable-model.js';
export { checkGraph } from './surgery/check-graph.js';
export { decoderLayout, type DecoderLayout } from './surgery/decoder-layout.js';
export type { CachePair } from './surgery/find-cache.js';
export { findDecoder, type DecoderMap, type FindDecoderOptions } from './surgery/find-decoder.js';
export { findBlockStates, type BlockStates } from './surgery/find-block-states.js';
export type { DecoderHead } from './surgery/find-head.js';
export type { DecoderInputs } from './surgery/find-inputs.js';
export { findMlpProjections, type MlpProjection } from './surgery/find-mlp-projections.js';
export { HEAD_INPUT, HEAD_OUTPUT, headModel } from './surgery/head-model.js';
export { inlineBranches } from './surgery/inline-branches.js';
export { inlineFunctions } from './surgery/inline-functions.js';
export { mlpOutput } from './surgery/mlp-output.js';
export { restorableModel, type RestorableModel, type RestorableState } from './surgery/restorable-model.js';
export { plainDecoder, type PlainDecoderOptions } from './surgery/plain-decoder.js';
