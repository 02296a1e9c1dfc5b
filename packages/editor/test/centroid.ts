import {
  fromRows,
  type Loader,
  openBundle,
  type Query,
  SakeError,
  type Scope,
  type ScopeDetector,
  type ScopeNeeds,
  type Vector,
} from '@sakejs/spec';
import { columnMeans } from './mean-shift.js';

const KIND = 'test-centroid';

export interface CentroidOptions {
  /** What to compare: the last-token activation, its sentence embedding, or its last row at a layer. */
  readonly space?: 'activation' | 'embedding' | number;
}

/** Euclidean distance from the mean paraphrase; the threshold lies midway between positives and negatives. */
export function centroid({ space = 'activation' }: CentroidOptions = {}): ScopeDetector {
  return {
    kind: KIND,
    needs: needsOf(space),
    fit: ({ positives, negatives }) => {
      const inside = positives
        .filter(({ kind }) => kind === 'paraphrase')
        .map((query) => viewOf(query, space));
      const centre = columnMeans(fromRows(inside));
      const furthest = Math.max(...inside.map((view) => distance(view, centre)));
      const nearest = Math.min(...negatives.map((query) => distance(viewOf(query, space), centre)));
      return centroidScope(centre, Number.isFinite(nearest) ? (furthest + nearest) / 2 : 2 * furthest, space);
    },
  };
}

export const centroidLoader: Loader<Scope> = {
  kind: KIND,
  version: 1,
  module: '@sakejs/editor/test/centroid',
  load: (bundle) => {
    const reader = openBundle(bundle, { kind: KIND, version: 1 });
    const space = reader.settings()['space'];
    if (
      typeof space === 'boolean' ||
      (typeof space === 'string' && space !== 'embedding' && space !== 'activation')
    )
      throw new SakeError('invalid-file', `expected a space, got ${String(space)}`);
    return centroidScope(
      reader.float64('centre', [null]).data,
      reader.number('threshold'),
      space ?? 'activation',
    );
  },
};

export function centroidScope(
  centre: Float64Array,
  threshold: number,
  space: NonNullable<CentroidOptions['space']> = 'activation',
): Scope {
  return {
    kind: KIND,
    threshold,
    needs: needsOf(space),
    settings: { space },
    match: (query) => ({ distance: distance(viewOf(query, space), centre) }),
    toTensors: () => ({
      kind: KIND,
      version: 1,
      tensors: { centre: { shape: [centre.length], data: centre } },
      meta: { threshold, settings: { space } },
    }),
  };
}

function needsOf(space: NonNullable<CentroidOptions['space']>): ScopeNeeds {
  return { layers: typeof space === 'number' ? [space] : [], embedding: space === 'embedding' };
}

function viewOf(query: Query, space: NonNullable<CentroidOptions['space']>): Vector {
  const view =
    space === 'activation'
      ? query.lastTokenActivation
      : space === 'embedding'
        ? query.embedding
        : query.layers?.get(space)?.data.slice(-query.lastTokenActivation.length);
  if (view === undefined) throw new SakeError('invalid-input', `expected a query with ${space}, got none`);
  return view;
}

function distance(view: Vector, centre: Vector): number {
  if (view.length !== centre.length)
    throw new SakeError('shape-mismatch', `centroid: expected width ${centre.length}, got ${view.length}`);
  let sum = 0;
  for (const [at, value] of view.entries()) sum += (value - centre[at]!) ** 2;
  return Math.sqrt(sum);
}
