import type { MetricColumn, MetricValue } from '../runner/suite-result.js';
import { formatShare } from './format-share.js';

/** Means of the same queries under each scorer, side by side; shares. */
export interface ScorerTable {
  /** Metrics that objects are asked for in, in the order of the table. */
  readonly columns: readonly string[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly MetricValue['scorers'][] }[];
}

/** How to read the cells of a scorer table. */
export const scorerCaption =
  'The same queries by three scorers, in per cent: first token / whole object / P(new) > P(true); - where a scorer has nothing to look at.';

/** The scorers of rows whose metrics are known; undefined where no metric asks for objects. */
export function scorerTable(
  columns: readonly Pick<MetricColumn, 'name'>[],
  rows: readonly { readonly label: string; readonly values: readonly Pick<MetricValue, 'scorers'>[] }[],
): ScorerTable | undefined {
  const scored = [...columns.keys()].filter((at) =>
    rows.some(({ values }) => Object.values(values[at]!.scorers).some((share) => share !== null)),
  );
  if (scored.length === 0) return undefined;
  return {
    columns: scored.map((at) => columns[at]!.name),
    rows: rows.map(({ label, values }) => ({ label, cells: scored.map((at) => values[at]!.scorers) })),
  };
}

/** `100.0 / 95.5 / 100.0`. */
export function scorerText({ firstToken, wholeObject, probability }: MetricValue['scorers']): string {
  const shares = [firstToken, wholeObject, probability];
  return shares.map((share) => (share === null ? '-' : formatShare(share))).join(' / ');
}
