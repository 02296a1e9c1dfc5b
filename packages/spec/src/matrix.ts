import { SakeError } from './errors.js';

/** A float vector: one activation, one row. */
export type Vector = Float32Array | Float64Array;

/** A dense row-major matrix; row i is `data.subarray(i * cols, (i + 1) * cols)`. */
export interface Matrix<Data extends Vector = Vector> {
  readonly rows: number;
  readonly cols: number;
  readonly data: Data;
}

/**
 * A matrix over `data`, which is kept, not copied.
 *
 * @throws {SakeError} `shape-mismatch` when `data.length !== rows * cols`.
 */
export function matrix<Data extends Vector>(rows: number, cols: number, data: Data): Matrix<Data> {
  if (
    !Number.isInteger(rows) ||
    !Number.isInteger(cols) ||
    rows < 0 ||
    cols < 0 ||
    data.length !== rows * cols
  )
    throw new SakeError(
      'shape-mismatch',
      `matrix: expected ${rows} x ${cols} = ${rows * cols} values, got ${data.length}`,
      { details: { rows, cols, length: data.length } },
    );
  return { rows, cols, data };
}

/** Row `index` of a matrix as a view on its data, [cols]. */
export function row<Data extends Vector>(of: Matrix<Data>, index: number): Data {
  if (!Number.isInteger(index) || index < 0 || index >= of.rows)
    throw new SakeError('shape-mismatch', `row: expected an index in [0, ${of.rows}), got ${index}`);
  return of.data.subarray(index * of.cols, (index + 1) * of.cols) as Data;
}

/** A float32 matrix of the given rows, copied. All rows must have one length. */
export function fromRows(rows: readonly ArrayLike<number>[]): Matrix<Float32Array> {
  const cols = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * cols);
  rows.forEach((values, index) => {
    if (values.length !== cols)
      throw new SakeError(
        'shape-mismatch',
        `fromRows: expected row ${index} of length ${cols}, got ${values.length}`,
      );
    data.set(values, index * cols);
  });
  return { rows: rows.length, cols, data };
}

/** The rows named by `indices`, copied, in that order. */
export function selectRows(of: Matrix, indices: readonly number[]): Matrix {
  const data =
    of.data instanceof Float64Array
      ? new Float64Array(indices.length * of.cols)
      : new Float32Array(indices.length * of.cols);
  indices.forEach((index, at) => data.set(row(of, index), at * of.cols));
  return { rows: indices.length, cols: of.cols, data };
}

/** The matrices one below the other, copied; float32 unless every one is float64. */
export function stackRows(parts: readonly Matrix[]): Matrix {
  const cols = parts[0]?.cols ?? 0;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const double = parts.length > 0 && parts.every((part) => part.data instanceof Float64Array);
  const data = double ? new Float64Array(rows * cols) : new Float32Array(rows * cols);
  let at = 0;
  for (const part of parts) {
    if (part.cols !== cols)
      throw new SakeError('shape-mismatch', `stackRows: expected ${cols} columns, got ${part.cols}`);
    data.set(part.data, at);
    at += part.data.length;
  }
  return { rows, cols, data };
}
