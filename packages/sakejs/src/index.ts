export { inspectModel, loadModel, type InspectModelOptions, type LoadModelOptions } from './load-model.js';
export { localWeightBytes, type HubOptions } from './locate-model.js';
export {
  devices,
  graphDtypes,
  type Device,
  type GraphDtype,
  type ModelInspection,
} from '@sakejs/activations';
export { learnEdit, type LearnEditOptions } from './learn-edit.js';
export {
  createMethod,
  mappedMethodNames,
  methodNames,
  momentsMethodNames,
  type MethodOverrides,
} from './methods.js';
export {
  keyMomentsDirectory,
  keyMomentsReader,
  keyMomentsTokens,
  modelKeyMoments,
  type ModelKeyMomentsOptions,
  type MomentsCorpus,
} from './key-moments.js';
export { steeringScope } from './steering-scope.js';
export { memitSettingsOf, momentsLayers, romeSettingsOf } from './weight-presets.js';
export { ownCorpus } from './own-corpus.js';
export { builtInMappers, loadMapper } from './mappers.js';
export { isMapperModule, loadMapperModule, type MapperModule } from './mapper-module.js';
export { loadPromptSource } from './prompt-source.js';
export { editLoaders, openLibrary, type OpenLibraryOptions } from './open-library.js';
export {
  createEditLibrary,
  createEditMethod,
  createSteeredLM as steer,
  type DiskEditLibrary,
  type EditLibrary,
  type LaterTokens,
  type SteeredLM,
  type SteeredLMOptions,
  type SteeringPolicy,
} from '@sakejs/editor';
export {
  chatTokens,
  isSakeError,
  SakeError,
  type CausalLM,
  type ChatMessage,
  type Edit,
  type EditMethod,
  type EditRequest,
  type Loader,
  type Mapper,
  type MapperInput,
  type PromptGenerator,
  type ScopeDetector,
  type TransportMap,
} from '@sakejs/spec';
