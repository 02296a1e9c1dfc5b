import type { Scores } from '../metrics/metric.js';

/** What a method made of a query; plain JSON. */
export interface QueryOutcome extends Scores {
  /** Why it is left out of the mean; absent where it counts. */
  readonly leftOut?: string;
  /** What it counts: 1 or 0 for a share, else the metric's value; null where it is left out. */
  readonly value: number | null;
  /** The greedy next token, decoded and trimmed; a free continuation's text. */
  readonly answer: string;
  /** The unedited model's greedy next token. */
  readonly before: string;
  readonly fired: 'own' | 'other' | 'none';
  /** Id of the edit that fired. */
  readonly edit?: string;
  /** Smallest `distance / threshold` over the live edits. */
  readonly distance?: number;
  /** Scores with the own edit applied whatever its gate says; where the run asked for them. */
  readonly open?: { readonly value: number | null };
  /** Why the query could not be scored. */
  readonly error?: string;
}

/** An outcome with where it belongs. */
export interface ScoredQuery extends QueryOutcome {
  /** Index of the case in the run. */
  readonly case: number;
  /** Index of the query in the case. */
  readonly query: number;
  readonly metric: string;
}
