import type { Loader, Matrix, Scope, ScopeDetector } from '@sakejs/spec';
import {
  vectorDetector,
  vectorScopeLoader,
  type VectorDistance,
  type VectorScopeOptions,
} from './vector-detector.js';
import { nearest } from './vector-rows.js';

const KIND = 'nearest-row';

/** Euclidean distance to the nearest of an edit's prompts, minᵢ ‖q − xᵢ‖. Stores every distinct row. */
export function nearestRow(options: VectorScopeOptions = {}): ScopeDetector {
  return vectorDetector({ kind: KIND, fit: (rows) => fromRows(distinctRows(rows)) }, options);
}

function distinctRows(matrix: Matrix): Matrix {
  const { cols, data } = matrix;
  const kept: number[] = [];
  for (let i = 0; i < matrix.rows; i++) {
    const row = data.subarray(i * cols, (i + 1) * cols);
    if (!kept.some((other) => row.every((value, j) => value === data[other * cols + j]))) kept.push(i);
  }
  const copy =
    data instanceof Float64Array
      ? new Float64Array(kept.length * cols)
      : new Float32Array(kept.length * cols);
  kept.forEach((row, at) => copy.set(data.subarray(row * cols, (row + 1) * cols), at * cols));
  return { rows: kept.length, cols, data: copy };
}

function fromRows(rows: Matrix): VectorDistance {
  return {
    width: rows.cols,
    distance: (vector) => nearest(rows, vector).distance,
    tensors: { rows: { shape: [rows.rows, rows.cols], data: rows.data } },
    settings: { rows: rows.rows },
  };
}

/** Loads scopes of {@link nearestRow}. */
export const nearestRowLoader: Loader<Scope> = vectorScopeLoader(KIND, (reader) => {
  const { data, shape } = reader.float('rows', [null, null]);
  return fromRows({ rows: shape[0]!, cols: shape[1]!, data });
});
