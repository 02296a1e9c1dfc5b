import { openBundle } from '../../src/bundle-reader.js';
import { SakeError } from '../../src/errors.js';
import { row, type Matrix, type Vector } from '../../src/matrix.js';
import type { Query, Scope, ScopeDetector, ScopeNeeds } from '../../src/scope.js';
import type { Loader } from '../../src/tensor-bundle.js';

const KIND = 'toy-nearest';
const NEEDS: ScopeNeeds = { layers: [1, 2], embedding: false };

/** The last position's states at both layers, one behind the other. */
function stateOf(query: Query): Vector {
  return Float64Array.from(
    NEEDS.layers.flatMap((layer) => {
      const states = query.layers?.get(layer);
      if (!states) throw new SakeError('invalid-input', `match: expected states of layer ${layer}, got none`);
      const last = row(states, states.rows - 1);
      if (!last.every(Number.isFinite))
        throw new SakeError('invalid-input', 'match: expected finite values, got others');
      return [...last];
    }),
  );
}

/** Distance to the nearest of the rows. */
export function nearestScope(rows: Matrix<Float64Array>, threshold: number): Scope {
  return {
    kind: KIND,
    threshold,
    needs: NEEDS,
    settings: { rows: rows.rows },
    match(query) {
      const state = stateOf(query);
      if (state.length !== rows.cols)
        throw new SakeError('shape-mismatch', `match: expected width ${rows.cols}, got ${state.length}`);
      const distances = Array.from({ length: rows.rows }, (_, i) =>
        Math.hypot(...row(rows, i).map((value, at) => value - state[at]!)),
      );
      return { distance: Math.min(...distances), position: query.layers!.get(1)!.rows - 1 };
    },
    toTensors: () => ({
      kind: KIND,
      version: 1,
      tensors: {
        rows: { shape: [rows.rows, rows.cols], data: rows.data },
        threshold: { shape: [1], data: Float64Array.of(threshold) },
      },
      meta: {},
    }),
  };
}

export const nearestLoader: Loader<Scope> = {
  kind: KIND,
  version: 1,
  module: 'test/toys',
  load(bundle) {
    const reader = openBundle(bundle, nearestLoader);
    const { shape, data } = reader.float64('rows', [null, null]);
    const [rows, cols] = shape as [number, number];
    return nearestScope({ rows, cols, data }, reader.float64('threshold', [1]).data[0]!);
  },
};

/** In scope within twice the largest distance of a prompt to its nearest fellow. */
export function toyScopeDetector(): ScopeDetector {
  return {
    kind: KIND,
    needs: NEEDS,
    fit({ positives }) {
      if (positives.length === 0) throw new SakeError('not-enough-data', 'fit: expected positives, got none');
      const states = positives.map(stateOf);
      const cols = states[0]!.length;
      if (states.some(({ length }) => length !== cols))
        throw new SakeError('shape-mismatch', 'fit: expected states of one width, got several');
      const between = (i: number, j: number): number =>
        i === j ? Infinity : Math.hypot(...states[i]!.map((value, at) => value - states[j]![at]!));
      const nearest = states.map((_, i) => Math.min(...states.map((__, j) => between(i, j))));
      const data = Float64Array.from(states.flatMap((state) => [...state]));
      return nearestScope({ rows: states.length, cols, data }, 2 * Math.max(...nearest));
    },
  };
}
