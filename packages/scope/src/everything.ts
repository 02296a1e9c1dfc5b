import { openBundle, type Loader, type Scope, type ScopeDetector } from '@sakejs/spec';
import { MODULE } from './vector-detector.js';

const KIND = 'everything';
const VERSION = 1;

const open: Scope = {
  kind: KIND,
  threshold: 1,
  needs: { layers: [], embedding: false },
  settings: {},
  match: () => ({ distance: 0 }),
  toTensors: () => ({ kind: KIND, version: VERSION, tensors: {}, meta: {} }),
};

/** A gate that is always open, as in the paper's doubt tests: distance 0, threshold 1. Looks at nothing. */
export function everything(): ScopeDetector {
  return { kind: KIND, needs: open.needs, fit: () => open };
}

/** Loads scopes of {@link everything}. */
export const everythingLoader: Loader<Scope> = {
  kind: KIND,
  version: VERSION,
  module: MODULE,
  load: (bundle) => {
    openBundle(bundle, { kind: KIND, version: VERSION });
    return open;
  },
};
