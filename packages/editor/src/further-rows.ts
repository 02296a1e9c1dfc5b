import { type EditRequest, type LearnContext, type Matrix, SakeError, stackRows } from '@sakejs/spec';

/** Rows that a map is fitted on beside those of the edit's own prompts. */
export interface FurtherRows {
  /** [k, d] */
  readonly source: Matrix;
  /** [l, d] */
  readonly target: Matrix;
  /** One a source row: whole numbers from 0, equal for near-copies, which are held out together. */
  readonly sourceGroups: readonly number[];
  /** One a target row, numbered as those of source rows. */
  readonly targetGroups: readonly number[];
}

/** Makes further rows of an edit, or none where there is nothing to make them of. */
export type RowSource = (request: EditRequest, context: LearnContext) => Promise<FurtherRows | undefined>;

/** Rows of one side of a map, each with its group. */
export interface GroupedRows {
  /** [n, d] */
  readonly rows: Matrix;
  /** One a row. */
  readonly groups: readonly number[];
}

/**
 * Own rows with further ones behind them, in groups of their own.
 *
 * @param taken own rows have groups below it.
 * @throws {SakeError} `shape-mismatch` for rows of another width, or other than one group a row.
 */
export function withFurtherRows(
  own: GroupedRows,
  further: GroupedRows | undefined,
  taken: number,
  where: string,
): GroupedRows {
  if (further === undefined) return own;
  const { rows, groups } = further;
  if (rows.cols !== own.rows.cols || groups.length !== rows.rows)
    throw new SakeError(
      'shape-mismatch',
      `${where}: expected further rows of width ${own.rows.cols} with a group each, got [${rows.rows}, ${rows.cols}] with ${groups.length}`,
    );
  return {
    rows: stackRows([own.rows, rows]),
    groups: [...own.groups, ...groups.map((group) => taken + group)],
  };
}
