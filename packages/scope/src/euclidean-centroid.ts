import type { Loader, Scope, ScopeDetector } from '@sakejs/spec';
import {
  vectorDetector,
  vectorScopeLoader,
  type VectorDistance,
  type VectorScopeOptions,
} from './vector-detector.js';
import { rowMean } from './vector-rows.js';

const KIND = 'euclidean-centroid';

/**
 * Euclidean distance to the mean of an edit's prompts, ‖q − μ‖: the paper's gate.
 *
 * Source: Scialanga et al., "SAKE", ACL 2025.
 */
export function euclideanCentroid(options: VectorScopeOptions = {}): ScopeDetector {
  return vectorDetector({ kind: KIND, fit: (rows) => fromCentre(rowMean(rows)) }, options);
}

function fromCentre(centre: Float64Array): VectorDistance {
  return {
    width: centre.length,
    distance: (vector) => {
      let sum = 0;
      for (let i = 0; i < centre.length; i++) sum += (vector[i]! - centre[i]!) ** 2;
      return Math.sqrt(sum);
    },
    tensors: { centre: { shape: [centre.length], data: centre } },
  };
}

/** Loads scopes of {@link euclideanCentroid}. */
export const euclideanCentroidLoader: Loader<Scope> = vectorScopeLoader(KIND, (reader) =>
  fromCentre(reader.float64('centre', [null]).data),
);
