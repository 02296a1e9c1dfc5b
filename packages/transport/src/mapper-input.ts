import { SakeError, type MapperInput, type Matrix } from '@sakejs/spec';

function checkSide(caller: string, side: 'source' | 'target', rows: Matrix): void {
  if (rows.rows < 1 || rows.cols < 1)
    throw new SakeError(
      'not-enough-data',
      `${caller}: expected at least one ${side} row, got [${rows.rows}, ${rows.cols}]; capture more prompts`,
    );
  if (rows.data.length !== rows.rows * rows.cols)
    throw new SakeError(
      'shape-mismatch',
      `${caller}: expected ${rows.rows} x ${rows.cols} ${side} values, got ${rows.data.length}`,
    );
  const bad = rows.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const row = Math.floor(bad / rows.cols);
    const column = bad % rows.cols;
    throw new SakeError(
      'invalid-input',
      `${caller}: expected finite activations, got ${rows.data[bad]} in ${side} row ${row}, column ${column}; drop that prompt or capture it again`,
      { details: { side, row, column } },
    );
  }
}

/**
 * Checks the rows that a mapper is given.
 *
 * @throws {SakeError} `not-enough-data` for an empty side, `shape-mismatch` for different widths,
 * `invalid-input` for a value that is not finite (the message names side and row).
 */
export function checkMapperInput(caller: string, input: MapperInput): void {
  checkSide(caller, 'source', input.source);
  checkSide(caller, 'target', input.target);
  if (input.source.cols !== input.target.cols)
    throw new SakeError(
      'shape-mismatch',
      `${caller}: expected source and target of one width, got ${input.source.cols} and ${input.target.cols}`,
    );
}
