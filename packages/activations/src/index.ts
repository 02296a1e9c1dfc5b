export type { TensorData } from '@sakejs/onnx';
export {
  createGraphSession,
  devices,
  onnxruntimeVersion,
  type Device,
  type Fetches,
  type GraphPort,
  type GraphSession,
  type GraphSessionOptions,
  type GraphTensor,
  type TensorType,
} from './graph-session.js';
export { loadCausalLM, type LoadOptions } from './load-causal-lm.js';
export type { GraphChoice } from './graph-files.js';
export { graphDtypes, type GraphDtype } from '@sakejs/spec';
export {
  inspectModel,
  STEERABLE_ERROR,
  type InspectedCache,
  type InspectOptions,
  type ModelInspection,
} from './inspect-model.js';
export type { SelfCheck } from './self-check.js';
export { weightBytes } from './weight-bytes.js';
