export type { SyncMapper } from './activation-map.js';
export {
  buresWasserstein,
  DEFAULT_RIDGE,
  DEFAULT_RIDGES,
  type BuresWassersteinOptions,
} from './bures-wasserstein.js';
export { diagonalGaussian, type DiagonalGaussianOptions } from './diagonal-gaussian.js';
export { identity } from './identity.js';
export { meanShift } from './mean-shift.js';
export { covarianceEstimators, type CovarianceEstimator } from './shrinkage.js';
export { transportLoaders } from './transport-loaders.js';
