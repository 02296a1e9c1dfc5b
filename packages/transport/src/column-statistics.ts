import type { Matrix } from '@sakejs/spec';

/** Mean of each column in float64, [d]. */
export function columnMeans({ rows, cols, data }: Matrix): Float64Array {
  const mean = new Float64Array(cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) mean[j]! += data[i * cols + j]!;
  for (let j = 0; j < cols; j++) mean[j]! /= rows;
  return mean;
}

/** Variance of each column around `mean` with 1/n, in float64, [d]. */
export function columnVariances({ rows, cols, data }: Matrix, mean: Float64Array): Float64Array {
  const variance = new Float64Array(cols);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) variance[j]! += (data[i * cols + j]! - mean[j]!) ** 2;
  for (let j = 0; j < cols; j++) variance[j]! /= rows;
  return variance;
}

/** The rows minus `mean`, in float64, row-major [n, d]. */
export function centredRows({ rows, cols, data }: Matrix, mean: Float64Array): Float64Array {
  const centred = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) centred[i * cols + j] = data[i * cols + j]! - mean[j]!;
  return centred;
}
