import { matrix, row, type CausalLM, type Matrix, type Vector } from '@sakejs/spec';

/** Rows of logits that are in memory at once. */
const ROWS = 256;

/** softmax(logits)[token] of every row of hidden states [n, d], in float64. */
export async function tokenProbabilities(
  lm: Pick<CausalLM, 'project'>,
  hidden: Matrix,
  token: number,
): Promise<Float64Array> {
  const probabilities = new Float64Array(hidden.rows);
  for (let from = 0; from < hidden.rows; from += ROWS) {
    const rows = Math.min(ROWS, hidden.rows - from);
    const part = hidden.data.subarray(from * hidden.cols, (from + rows) * hidden.cols) as Vector;
    const logits = await lm.project(matrix(rows, hidden.cols, part));
    for (let i = 0; i < rows; i++) probabilities[from + i] = probabilityOf(row(logits, i), token);
  }
  return probabilities;
}

function probabilityOf(logits: Vector, token: number): number {
  let largest = -Infinity;
  for (const value of logits) if (value > largest) largest = value;
  let total = 0;
  for (const value of logits) total += Math.exp(value - largest);
  return Math.exp(logits[token]! - largest) / total;
}
