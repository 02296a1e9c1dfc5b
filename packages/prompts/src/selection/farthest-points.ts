import { createRandom, SakeError, type Matrix } from '@sakejs/spec';

/** How far two embeddings are apart: 1 - cosine, or the Euclidean distance. */
export type SelectionDistance = 'cosine' | 'euclidean';

export interface FarthestPointsOptions {
  /** How many rows to choose. */
  readonly count: number;
  /** Rows that are chosen before any other, e.g. `[0]` for the request's own prompt. Default: one drawn by the seed. */
  readonly first?: readonly number[];
  /** Default `cosine`. */
  readonly distance?: SelectionDistance;
  /** Draws the first row where none is given. Default 0. */
  readonly seed?: number;
}

/**
 * A diverse subset of rows, by farthest-point traversal: i* = argmax_i min_{j chosen} d(x_i, x_j).
 *
 * The order of choice is a nesting: the first k of a larger choice are the choice of k. At least half as spread as the
 * best subset of that size (Gonzalez 1985, for a metric such as the Euclidean distance). Ties go to the lower row.
 * O(count · n · e).
 *
 * @param embeddings [n, e]
 * @returns row indices in the order of choice.
 * @throws {SakeError} `not-enough-data` for more rows than there are, `invalid-option` for rows that are not there,
 * `numerical` for an embedding of zeros under the cosine, or one that is not finite.
 */
export function farthestPoints(embeddings: Matrix, options: FarthestPointsOptions): number[] {
  const { count, distance = 'cosine', seed = 0 } = options;
  const { rows } = embeddings;
  if (!Number.isInteger(count) || count < 1)
    throw new SakeError('invalid-option', `farthestPoints: expected count as an integer >= 1, got ${count}`);
  if (count > rows)
    throw new SakeError(
      'not-enough-data',
      `farthestPoints: expected at least ${count} embeddings, got ${rows}; choose at most ${rows}`,
    );
  const first = options.first ?? [createRandom(seed).integer(rows)];
  const wrong = first.find((row, place) => !(row >= 0 && row < rows) || first.indexOf(row) < place);
  if (wrong !== undefined || first.length === 0)
    throw new SakeError(
      'invalid-option',
      `farthestPoints: expected rows of 0..${rows - 1} to begin with, each once, got ${first.join(', ') || 'none'}`,
    );
  const points = distance === 'cosine' ? unitRows(embeddings) : finiteRows(embeddings);
  const chosen: number[] = [];
  const nearest = new Float64Array(rows).fill(Infinity); // squared distance to the nearest chosen row
  const choose = (row: number): void => {
    chosen.push(row);
    for (let i = 0; i < rows; i++) nearest[i] = Math.min(nearest[i]!, squaredDistance(points, i, row));
    nearest[row] = -1;
  };
  for (const row of first.slice(0, count)) choose(row);
  while (chosen.length < count) {
    let best = 0;
    for (let i = 1; i < rows; i++) if (nearest[i]! > nearest[best]!) best = i;
    choose(best);
  }
  return chosen;
}

/** On unit rows ‖x − y‖² = 2 (1 − cos), so that one distance serves both. */
function unitRows(matrix: Matrix): Matrix<Float64Array> {
  const points = finiteRows(matrix);
  const { rows, cols, data } = points;
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += data[i * cols + j]! ** 2;
    if (sum === 0)
      throw new SakeError(
        'numerical',
        `farthestPoints: expected embeddings with a direction, got zeros in row ${i}; use the Euclidean distance`,
      );
    const norm = Math.sqrt(sum);
    for (let j = 0; j < cols; j++) data[i * cols + j]! /= norm;
  }
  return points;
}

function finiteRows({ rows, cols, data }: Matrix): Matrix<Float64Array> {
  const copy = Float64Array.from(data);
  const at = copy.findIndex((value) => !Number.isFinite(value));
  if (at >= 0)
    throw new SakeError(
      'numerical',
      `farthestPoints: expected finite embeddings, got ${copy[at]} in row ${Math.floor(at / cols)}`,
    );
  return { rows, cols, data: copy };
}

function squaredDistance({ cols, data }: Matrix, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < cols; k++) sum += (data[i * cols + k]! - data[j * cols + k]!) ** 2;
  return sum;
}
