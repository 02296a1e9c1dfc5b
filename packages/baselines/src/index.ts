export { actAdd, type ActAddOptions } from './act-add.js';
export { actAddOriginal, type ActAddContrast, type ActAddOriginalOptions } from './act-add-original.js';
export { ftL, type FtLOptions } from './ft-l.js';
export { ftLPresetFor, ftLPresets, ftLSettings, type FtLSettings } from './ft-l-settings.js';
export { grace, type GraceOptions } from './grace.js';
export { icl, type IclOptions } from './icl.js';
export type { DemonstrationRatio } from './build-demonstrations.js';
export type { DemonstrationKind } from './demonstration.js';
export { ike, type IkeOptions } from './ike.js';
export { imagine } from './imagine.js';
export { mlpWeightLoss, type MlpWeightLoss, type WeightLossValue } from './mlp-weight-loss.js';
export { compMemit, type CompMemitOptions } from './memit/comp-memit.js';
export { memit, type MemitOptions } from './memit/memit.js';
export { storedMemories } from './memit/stored-memories.js';
export { memitPresets, memitSettings, type MemitSettings } from './memit/memit-settings.js';
export { memitUpdate, type MemitLayerUpdate, type MemitUpdateOptions } from './memit/memit-update.js';
export {
  createMemories,
  memorise,
  type Association,
  type Memories,
  type MemoriseOptions,
  type Memory,
  type MemoryKey,
} from './memit/memorise.js';
export type { BatchEditMethod } from './memit/create-memit.js';
export { spreadKeys } from './memit/spread-keys.js';
export { serac, type ClassifierTraining, type SeracOptions } from './serac.js';
export { stateFact } from './state-fact.js';
export {
  collectKeyMoments,
  type KeyMoments,
  type KeyMomentsOptions,
  type Texts,
} from './rome/key-moments.js';
export {
  cachedKeyMoments,
  corpusHash,
  decodeKeyMoments,
  encodeKeyMoments,
  keyMomentsKey,
  type CachedMomentsOptions,
} from './rome/key-moments-file.js';
export { createKeySolver, type KeySolver } from './rome/key-solver.js';
export {
  optimizeValue,
  type OptimizedValue,
  type OptimizeValueInput,
  type ValueStep,
} from './rome/optimize-value.js';
export { rankOneUpdate, type RankOneUpdate } from './rome/rank-one-update.js';
export { rome, type MomentsReader, type MomentsSource, type RomeOptions } from './rome/rome.js';
export { romePresets, romeSettings, type PrefixPlan, type RomeSettings } from './rome/rome-settings.js';
export { romeUpdate, type RomeUpdate, type RomeUpdateOptions } from './rome/rome-update.js';
export { samplePrefixes, type SamplePrefixesOptions } from './rome/sample-prefixes.js';
export { subjectContexts, type SubjectContext } from './rome/subject-context.js';
