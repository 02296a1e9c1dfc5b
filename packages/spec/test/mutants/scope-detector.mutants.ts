import type { Matrix } from '../../src/matrix.js';
import type { LabelledQuery, Scope, ScopeDetector, ScopeMatch } from '../../src/scope.js';
import type { Loader } from '../../src/tensor-bundle.js';
import { describeScopeDetector } from '../../src/testing/describe-scope-detector.js';
import { nearestLoader, toyScopeDetector } from '../toys/nearest-state.js';

describeScopeDetector('right', toyScopeDetector, { loaders: [nearestLoader] });

const right = toyScopeDetector();

/** The toy with its scopes changed. */
function withScope(change: (scope: Scope) => Partial<Scope>): () => ScopeDetector {
  return () => ({
    ...right,
    fit(input) {
      const scope = right.fit(input);
      return { ...scope, ...change(scope) };
    },
  });
}

const withMatch = (change: (match: ScopeMatch) => ScopeMatch): (() => ScopeDetector) =>
  withScope((scope) => ({ match: (query) => change(scope.match(query)) }));

const withFit = (fit: ScopeDetector['fit']) => (): ScopeDetector => ({ ...right, fit });

const layersOf = (query: LabelledQuery): Matrix[] => [
  ...(query.layers ?? new Map<number, Matrix>()).values(),
];

let calls = 0;

const detectors: Record<string, () => ScopeDetector> = {
  'gives negative distances': withMatch((match) => ({ ...match, distance: -match.distance })),
  'gives NaN': withMatch((match) => ({ ...match, distance: Number.NaN })),
  'accepts everything': withMatch((match) => ({ ...match, distance: 0 })),
  'accepts nothing': withMatch((match) => ({ ...match, distance: Infinity })),
  'has an endless threshold': withScope(() => ({ threshold: Infinity })),
  'gives a position behind the query': withMatch((match) => ({ ...match, position: match.position! + 1 })),
  'remembers earlier queries': withMatch((match) => ({
    ...match,
    distance: match.distance + ++calls * 1e-6,
  })),
  'changes queries': withScope((scope) => ({
    match: (query) => {
      const match = scope.match(query);
      for (const { data } of layersOf(query as LabelledQuery)) data[0]! += 1e-3;
      return match;
    },
  })),
  'takes float64 for another query': withScope((scope) => ({
    match: (query) => {
      const match = scope.match(query);
      const single = query.lastTokenActivation instanceof Float32Array;
      return single ? match : { ...match, distance: match.distance * (1 + 1e-12) };
    },
  })),
  'says it needs less': withScope(() => ({ needs: { layers: [1], embedding: false } })),
  'loses its settings in JSON': withScope(() => ({ settings: { border: Number.NaN } })),
  'stores another threshold': withScope((scope) => ({ threshold: scope.threshold * 1.01 })),
  'takes queries of another width': withScope((scope) => ({
    match: (query) => {
      try {
        return scope.match(query);
      } catch (error) {
        if ((error as { code?: string }).code === 'shape-mismatch') return { distance: Infinity };
        throw error;
      }
    },
  })),
  'takes queries that are not finite or lack a layer': withScope((scope) => ({
    match: (query) => {
      try {
        return scope.match(query);
      } catch (error) {
        if ((error as { code?: string }).code === 'invalid-input') return { distance: Infinity };
        throw error;
      }
    },
  })),
  'changes what it is fitted on': withFit((input) => {
    const scope = right.fit(input);
    for (const { data } of input.positives.flatMap(layersOf)) data[0]! += 1e-3;
    return scope;
  }),
  'depends on chance': withFit((input) => {
    const scope = right.fit(input);
    const extra = Math.random();
    return { ...scope, toTensors: () => ({ ...scope.toTensors(), meta: { extra } }) };
  }),
  'fits nothing': withFit((input) =>
    right.fit(input.positives.length === 0 ? { ...input, positives: [unit] } : input),
  ),
  'skips positives of another width': withFit((input) => {
    const width = layersOf(input.positives[0]!)[0]?.cols;
    return right.fit({
      ...input,
      positives: input.positives.filter((query) => layersOf(query)[0]?.cols === width),
    });
  }),
};

const ones: Matrix = { rows: 1, cols: 1, data: Float32Array.of(1) };
const unit: LabelledQuery = {
  kind: 'paraphrase',
  lastTokenActivation: ones.data,
  layers: new Map([
    [1, ones],
    [2, ones],
  ]),
};

for (const [name, create] of Object.entries(detectors))
  describeScopeDetector(`wrong: scope ${name}`, create, { loaders: [nearestLoader] });

const lax: Loader<Scope> = {
  ...nearestLoader,
  load: (bundle) => nearestLoader.load({ ...bundle, version: 1 }),
};
describeScopeDetector('wrong: scope loader reads newer versions', toyScopeDetector, { loaders: [lax] });
