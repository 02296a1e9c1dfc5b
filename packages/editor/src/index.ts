export { createEditMethod, type EditMethodOptions } from './edit-method.js';
export type { FurtherRows, RowSource } from './further-rows.js';
export { learnEdit, MINIMUM_OBEYING, type LearnOptions, type TargetChoice } from './learn-edit.js';
export type { ImpliedScopes } from './learn-implied.js';
export type { LaterTokens } from './learn-later-maps.js';
export { firstObjectToken, greedyTokens, meanLogProbability, objectTokens } from './next-token.js';
export { subjectPosition } from './subject-position.js';
export { subjectSpan, type SubjectSpan } from './subject-span.js';
export {
  withActivationCache,
  type ActivationCache,
  type ActivationCacheOptions,
  type CachedLM,
} from './activation-cache.js';
export { editId, isEditId } from './edit-id.js';
export { createEditLibrary, type AddOptions, type EditLibrary } from './edit-library.js';
export {
  openEditLibrary,
  readEditFile,
  type BrokenEdit,
  type DiskEditLibrary,
  type OpenLibraryOptions,
} from './edit-directory.js';
export { openEditCache, type EditCache, type OpenEditCacheOptions } from './edit-cache.js';
export { decodeEdit, encodeEdit } from './edit-file.js';
export type { EditLoaders } from './edit-format.js';
export { modelMismatch, type ModelMismatch } from './model-match.js';
export { rankEdits, type Candidate } from './rank-edits.js';
export type { PolicyEvent, SelectEvent, Selection, SteeringPolicy } from './steering-policy.js';
export { createSteeredLM, type SteeredLM, type SteeredRequest, type SteeredResponse } from './steered-lm.js';
export type { Gate, SteeredLMOptions } from './steered-options.js';
export { checkSameTokens } from './counterfactual-model.js';
export { rewritePrompt } from './rewrite-prompt.js';
export { checkLearnInput, checkLengths } from './learn-input.js';
export { learnScope, type LearnedScope, type ScopeLearning } from './learn-scope.js';
export { provenanceOf } from './provenance-of.js';
export { weightConflicts, type WeightConflict } from './weight-conflicts.js';
