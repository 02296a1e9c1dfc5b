import type { Loader, Scope } from '@sakejs/spec';
import { cosineCentroidLoader } from './cosine-centroid.js';
import { deferralRadiusLoader } from './deferral-radius.js';
import { euclideanCentroidLoader } from './euclidean-centroid.js';
import { everythingLoader } from './everything.js';
import { mahalanobisLoader } from './mahalanobis.js';
import { nearestRequestLoader } from './nearest-request.js';
import { nearestRowLoader } from './nearest-row.js';
import { pairClassifierLoader } from './pair-classifier.js';
import { trainedClassifierLoader } from './trained-classifier.js';
import { whoWhatNowLoader } from './who-what-now-scope.js';

/** A loader for every kind of scope in this package. */
export const scopeLoaders: readonly Loader<Scope>[] = [
  euclideanCentroidLoader,
  cosineCentroidLoader,
  mahalanobisLoader,
  nearestRowLoader,
  whoWhatNowLoader,
  trainedClassifierLoader,
  pairClassifierLoader,
  everythingLoader,
  deferralRadiusLoader,
  nearestRequestLoader,
];
