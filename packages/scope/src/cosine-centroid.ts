import { SakeError, type Loader, type Scope, type ScopeDetector, type Vector } from '@sakejs/spec';
import {
  vectorDetector,
  vectorScopeLoader,
  type VectorDistance,
  type VectorScopeOptions,
} from './vector-detector.js';
import { rowMean } from './vector-rows.js';

const KIND = 'cosine-centroid';

/** Cosine distance to the mean of an edit's prompts: 1 − q·μ / (‖q‖ ‖μ‖), in [0, 2]. */
export function cosineCentroid(options: VectorScopeOptions = {}): ScopeDetector {
  return vectorDetector({ kind: KIND, fit: (rows) => fromDirection(unit(rowMean(rows))) }, options);
}

function length(vector: Vector): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const result = Math.sqrt(sum);
  if (!(result > 0))
    throw new SakeError(
      'invalid-input',
      `${KIND}: expected a vector with a direction, got one of length ${result}`,
    );
  return result;
}

function unit(vector: Float64Array): Float64Array {
  const scale = length(vector);
  return vector.map((value) => value / scale);
}

function fromDirection(direction: Float64Array): VectorDistance {
  return {
    width: direction.length,
    // Half the squared distance of unit vectors equals 1 − cosine and is never negative by rounding.
    distance: (vector) => {
      const scale = length(vector);
      let sum = 0;
      for (let i = 0; i < direction.length; i++) sum += (vector[i]! / scale - direction[i]!) ** 2;
      return sum / 2;
    },
    tensors: { direction: { shape: [direction.length], data: direction } },
  };
}

/** Loads scopes of {@link cosineCentroid}. */
export const cosineCentroidLoader: Loader<Scope> = vectorScopeLoader(KIND, (reader) =>
  fromDirection(reader.float64('direction', [null]).data),
);
