export {
  isSakeError,
  SakeError,
  throwIfAborted,
  type SakeErrorCode,
  type SakeErrorOptions,
} from './errors.js';
export { fromRows, matrix, row, selectRows, stackRows, type Matrix, type Vector } from './matrix.js';
export type { Json, Loader, StoredTensor, TensorBundle } from './tensor-bundle.js';
export { openBundle, type BundleReader, type CheckedTensor } from './bundle-reader.js';
export { createRandom, type Random } from './random.js';
export { fillPrompt, validateEditRequest, type EditRequest } from './edit-request.js';
export type {
  PromptDistribution,
  PromptGenerator,
  PromptKind,
  PromptOptions,
  ImplicationForm,
  ImpliedPrompts,
  ScopePrompt,
} from './prompt-distribution.js';
export type { Mapper, MapperInput, TransportMap } from './mapper.js';
export type {
  LabelledQuery,
  Query,
  Scope,
  ScopeDetector,
  ScopeInput,
  ScopeMatch,
  ScopeNeeds,
} from './scope.js';
export type {
  CaptureOptions,
  CausalLM,
  GeneratedToken,
  GenerateOptions,
  GenerateRequest,
  Intervention,
  InterventionEvent,
  ModelInfo,
  Observation,
  ObserveOptions,
  Prompt,
} from './causal-lm.js';
export {
  layerAccess,
  type CaptureKeysOptions,
  type DenseDelta,
  type LayerAccess,
  type LowRankDelta,
  type ModelChange,
  type StreamAddition,
  type StreamHook,
  type WeightDelta,
} from './layer-access.js';
export { chatTokens, type ChatFormat, type ChatMessage, type ChatOptions } from './chat.js';
export type {
  BatchItem,
  Edit,
  EditMethod,
  ImpliedMap,
  LaterMap,
  LayerHook,
  LayerHookEdit,
  LearnContext,
  MapEdit,
  OtherModel,
  PromptEdit,
  Provenance,
  ScopedEdit,
  WeightDeltaEdit,
} from './edit.js';
export {
  forcedSource,
  implicationContexts,
  steeringContext,
  type ContextInput,
  type ImplicationInput,
} from './contexts.js';
export {
  modelGradients,
  type DivergenceTerm,
  type LossOptions,
  type LossSequence,
  type LossTerm,
  type LossValue,
  type MlpOutputOptions,
  type ModelGradients,
  type StreamLoss,
  type TargetTerm,
} from './gradients.js';
export {
  stateTracing,
  type EmbeddingNoise,
  type RestoredRun,
  type StateKind,
  type StateSite,
  type StateTracing,
  type TracedPrompt,
} from './state-tracing.js';
export {
  chooseNamedGraph,
  graphCandidates,
  graphDtypes,
  graphsAmong,
  onlyGraph,
  withPastOf,
  type GraphDtype,
} from './graph-choice.js';
export type { PromptEmbedder } from './prompt-embedder.js';
export {
  parseSafetensorsHeader,
  safetensorsHeaderLength,
  type SafetensorsDtype,
  type SafetensorsEntry,
  type SafetensorsHeader,
} from './safetensors-header.js';
export {
  readSafetensors,
  writeSafetensors,
  type SafetensorsData,
  type SafetensorsFile,
  type SafetensorsTensor,
} from './safetensors.js';
