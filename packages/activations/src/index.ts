export type { TensorData } from '@sakejs/onnx';
export {
  createGraphSession,
  onnxruntimeVersion,
  type Fetches,
  type GraphPort,
  type GraphSession,
  type GraphSessionOptions,
  type GraphTensor,
  type TensorType,
} from './graph-session.js';
export { loadCausalLM, type LoadOptions } from './load-causal-lm.js';
