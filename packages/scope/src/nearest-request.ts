import { openBundle, SakeError, type Loader, type Scope, type ScopeDetector } from '@sakejs/spec';
import { checkVector } from './vector-rows.js';
import { MODULE } from './vector-detector.js';

const KIND = 'nearest-request';
const VERSION = 1;
const NEEDS: Scope['needs'] = { layers: [], embedding: false };

/**
 * A gate that is always open and still says which edit is nearest, for methods that have no gate of their own.
 *
 * distance = e / (1 + e) in [0, 1), e = ‖q − r‖ the Euclidean distance to the last-token activation r of the request's
 * own prompt; threshold 1. Among edits with such scopes the smallest e wins. Beside gated edits it is the last
 * resort: `distance / threshold` comes close to 1 a few units away from r, where an edit in scope has less.
 */
export function nearestRequest(): ScopeDetector {
  return {
    kind: KIND,
    needs: NEEDS,
    fit: ({ positives }) => {
      const [request] = positives;
      if (request === undefined)
        throw new SakeError(
          'not-enough-data',
          `${KIND}: expected the request's own prompt as the first positive, got no positives`,
        );
      const width = request.lastTokenActivation.length;
      for (const { lastTokenActivation } of positives)
        checkVector(KIND, 'the activation', lastTokenActivation, width);
      return around(Float64Array.from(request.lastTokenActivation));
    },
  };
}

function around(request: Float64Array): Scope {
  return {
    kind: KIND,
    threshold: 1,
    needs: NEEDS,
    settings: { space: 'activation' },
    match: ({ lastTokenActivation }) => {
      checkVector(KIND, 'the activation', lastTokenActivation, request.length);
      let sum = 0;
      for (let i = 0; i < request.length; i++) sum += (lastTokenActivation[i]! - request[i]!) ** 2;
      const distance = Math.sqrt(sum);
      return { distance: distance / (1 + distance) };
    },
    toTensors: () => ({
      kind: KIND,
      version: VERSION,
      tensors: { request: { shape: [request.length], data: request } },
      meta: {},
    }),
  };
}

/** Loads scopes of {@link nearestRequest}. */
export const nearestRequestLoader: Loader<Scope> = {
  kind: KIND,
  version: VERSION,
  module: MODULE,
  load: (bundle) =>
    around(openBundle(bundle, { kind: KIND, version: VERSION }).float64('request', [null]).data),
};
