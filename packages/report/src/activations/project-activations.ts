import { SakeError, type Matrix as Activations } from '@sakejs/spec';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { ActivationGroup, ActivationPoint } from '../input/report-input.js';

/** Activations of an edit: rows [n, d] before it, those they should become, and those they became. */
export interface ActivationSets {
  readonly source: Activations;
  readonly target: Activations;
  readonly mapped: Activations;
}

/** Rows on a plane. */
export interface ActivationProjection {
  /** Source rows, then target rows, then mapped rows. */
  readonly points: readonly ActivationPoint[];
  /** Shares of the variance of source and target rows on the two axes. */
  readonly explainedVariance: readonly [number, number];
}

/**
 * The plane of largest variance of source and target rows, with the mapped rows laid onto it.
 *
 * Principal components of the pooled rows about their common mean; mapped rows have no say in the plane. The first axis
 * points from the source mean to the target mean, the second so that its largest loading is positive. The smaller of
 * covariance [d, d] and Gram matrix [n, n] is decomposed: O(n d min(n, d)).
 *
 * @param labels of the points, in their order.
 * @throws {SakeError} `shape-mismatch` for sets of different widths, `not-enough-data` for fewer than two rows in all or
 *   for rows without variance, `numerical` for a value that is not finite.
 */
export function projectActivations(
  sets: ActivationSets,
  labels: readonly string[] = [],
): ActivationProjection {
  const { source, target, mapped } = sets;
  checkSets(sets);
  const fitted = [...rowsOf(source), ...rowsOf(target)]; // [n, d]
  const mean = columnMeans(fitted, source.cols); // [d]
  const { axes, shares } = principalAxes(fitted.map((values) => minus(values, mean)));
  const towards = minus(columnMeans(rowsOf(target), source.cols), columnMeans(rowsOf(source), source.cols));
  const [first, second] = [pointTowards(axes[0]!, towards), axes[1]!];
  const groups: readonly [ActivationGroup, Activations][] = [
    ['source', source],
    ['target', target],
    ['mapped', mapped],
  ];
  const points = groups.flatMap(([group, rows]) =>
    rowsOf(rows).map((values) => {
      const centred = minus(values, mean);
      return { x: dot(centred, first), y: dot(centred, second), group };
    }),
  );
  return {
    points: points.map((point, at) => (labels[at] === undefined ? point : { ...point, label: labels[at] })),
    explainedVariance: shares,
  };
}

function checkSets({ source, target, mapped }: ActivationSets): void {
  const widths = [source.cols, target.cols, mapped.cols];
  if (widths.some((width) => width !== source.cols))
    throw new SakeError(
      'shape-mismatch',
      `projectActivations: expected rows of one width, got ${widths.join(', ')}`,
    );
  if (source.rows === 0 || target.rows === 0)
    throw new SakeError(
      'not-enough-data',
      `projectActivations: expected rows of source and target, got ${source.rows} and ${target.rows}`,
    );
  for (const [name, { data }] of Object.entries({ source, target, mapped })) {
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at !== -1)
      throw new SakeError(
        'numerical',
        `projectActivations: expected finite ${name} values, got ${data[at]} at ${at}`,
      );
  }
}

/** The two leading right singular vectors of centred rows, and their shares of the variance. */
function principalAxes(centred: readonly Float64Array[]): {
  readonly axes: readonly [Float64Array, Float64Array];
  readonly shares: readonly [number, number];
} {
  const width = centred[0]!.length;
  const rows = new Matrix(centred.map((values) => Array.from(values))); // [n, d]
  const wide = width > centred.length;
  const product = wide ? rows.mmul(rows.transpose()) : rows.transpose().mmul(rows);
  const total = product.trace();
  if (total === 0)
    throw new SakeError(
      'not-enough-data',
      'projectActivations: expected rows that differ, got copies of one',
    );
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(product, {
    assumeSymmetric: true,
  });
  const axis = (rank: number): { vector: Float64Array; share: number } => {
    const column = values.length - rank; // eigenvalues rise
    const value = values[column] ?? 0;
    // Rounding leaves about 1e-16 of the total in directions without variance.
    if (value <= 1e-14 * total) return { vector: new Float64Array(width), share: 0 };
    const found = vectors.getColumn(column);
    const loadings = wide ? rows.transpose().mmul(Matrix.columnVector(found)).getColumn(0) : found;
    return { vector: normalized(Float64Array.from(loadings)), share: value / total };
  };
  const [first, second] = [axis(1), axis(2)];
  return { axes: [first.vector, second.vector], shares: [first.share, second.share] };
}

function normalized(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return vector.map((value) => (value / length) * Math.sign(largest));
}

function pointTowards(axis: Float64Array, direction: Float64Array): Float64Array {
  return dot(axis, direction) < 0 ? axis.map((value) => -value) : axis;
}

function rowsOf({ rows, cols, data }: Activations): Float64Array[] {
  return Array.from({ length: rows }, (_, at) =>
    Float64Array.from(data.subarray(at * cols, (at + 1) * cols)),
  );
}

function columnMeans(rows: readonly Float64Array[], width: number): Float64Array {
  const mean = new Float64Array(width);
  for (const values of rows) for (let at = 0; at < width; at++) mean[at]! += values[at]! / rows.length;
  return mean;
}

const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, at) => value - b[at]!);

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, at) => sum + value * b[at]!, 0);
