export {
  calibrateThreshold,
  type Calibration,
  type CalibrationInput,
  type CalibrationTarget,
} from './calibrate-threshold.js';
export { cosineCentroid } from './cosine-centroid.js';
export { deferralRadius, type DeferralRadiusOptions } from './deferral-radius.js';
export { euclideanCentroid } from './euclidean-centroid.js';
export { everything } from './everything.js';
export type { CrossFitOptions } from './group-folds.js';
export { mahalanobis, type MahalanobisOptions } from './mahalanobis.js';
export { nearestRequest } from './nearest-request.js';
export { nearestRow } from './nearest-row.js';
export type { Pool, PooledFeature } from './pooled-features.js';
export { scopeLoaders } from './scope-loaders.js';
export {
  pairClassifier,
  pairClassifierNeeds,
  type PairClassifierOptions,
  type PairExamples,
} from './pair-classifier.js';
export { trainedClassifier, type TrainedClassifierOptions } from './trained-classifier.js';
export type { ScopeSpace, VectorScopeOptions } from './vector-detector.js';
export { whoWhatNow } from './who-what-now.js';
export type { FactorTargets, WhoWhatNowFactor, WhoWhatNowOptions } from './who-what-now-options.js';
export type { StateLayer } from './query-states.js';
