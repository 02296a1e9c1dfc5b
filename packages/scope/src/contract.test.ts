import { describeScopeDetector, syntheticScopeInput } from '@sakejs/spec/testing';
import {
  cosineCentroid,
  euclideanCentroid,
  everything,
  mahalanobis,
  nearestRequest,
  nearestRow,
  pairClassifier,
  scopeLoaders as loaders,
  trainedClassifier,
  whoWhatNow,
} from './index.js';

describeScopeDetector('euclideanCentroid', () => euclideanCentroid(), { loaders });
describeScopeDetector('euclideanCentroid, embeddings', () => euclideanCentroid({ space: 'embedding' }), {
  loaders,
});
describeScopeDetector('euclideanCentroid, all rows', () => euclideanCentroid({ centre: 'all' }), { loaders });
describeScopeDetector('cosineCentroid', () => cosineCentroid({ threshold: { kind: 'balanced' } }), {
  loaders,
});
describeScopeDetector('mahalanobis', () => mahalanobis(), { loaders });
describeScopeDetector(
  'mahalanobis, given shrinkage',
  () => mahalanobis({ shrinkage: 0.5, space: 'embedding' }),
  {
    loaders,
  },
);
describeScopeDetector('nearestRow', () => nearestRow({ threshold: { kind: 'false-accept', rate: 0.02 } }), {
  loaders,
});
describeScopeDetector('whoWhatNow', () => whoWhatNow({ layers: 4 }), { loaders });
describeScopeDetector(
  'whoWhatNow, calibrated, final norm',
  () => whoWhatNow({ layers: 4, nowLayer: 'final', threshold: { kind: 'balanced' } }),
  { loaders },
);
describeScopeDetector('whoWhatNow, who alone', () => whoWhatNow({ layers: 4, factors: ['who'] }), {
  loaders,
});
describeScopeDetector('trainedClassifier', () => trainedClassifier({ layers: 4 }), { loaders });
describeScopeDetector(
  'trainedClassifier, embeddings, calibrated',
  () => trainedClassifier({ layers: 4, features: [{ pool: 'embedding' }], threshold: { kind: 'balanced' } }),
  { loaders },
);
describeScopeDetector(
  'pairClassifier',
  () =>
    pairClassifier(
      ['a', 'b', 'c', 'd'].map((seed) => {
        const { positives, negatives } = syntheticScopeInput({ layers: [1, 2], embedding: false }, seed);
        return { edit: positives[0]!, positives, negatives };
      }),
      { layers: 4 },
    ),
  { loaders },
);
describeScopeDetector('everything', () => everything(), { loaders, looks: false });
describeScopeDetector('nearestRequest', () => nearestRequest(), { loaders, closes: false });
