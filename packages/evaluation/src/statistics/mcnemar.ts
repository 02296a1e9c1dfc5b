import { SakeError } from '@sakejs/spec';

/** Queries on which two methods disagree. */
export interface Discordant {
  /** Queries that only the first passes. */
  readonly onlyA: number;
  /** Queries that only the second passes. */
  readonly onlyB: number;
}

export interface McNemarOptions {
  /** Counts half of the observed outcome's own probability: less conservative than the exact test. Default false. */
  readonly midP?: boolean;
}

/**
 * The two-sided p-value of McNemar's exact test: do two methods pass equally often on the same queries?
 *
 * With X ~ Binomial(n, ½), n = onlyA + onlyB and k the smaller of the two, p = min(1, 2 P(X ≤ k)); the mid-p is
 * 2 P(X < k) + P(X = k). Queries must be independent: one per edit, else see `signFlipTest`. 1 where n = 0.
 *
 * Source: McNemar (1947); the mid-p of Lancaster (1961), recommended by Fagerland, Lydersen and Laake (2013).
 *
 * @throws {SakeError} `invalid-input` for counts that are not whole numbers of at least 0.
 */
export function mcnemarTest({ onlyA, onlyB }: Discordant, { midP = false }: McNemarOptions = {}): number {
  for (const count of [onlyA, onlyB])
    if (!Number.isInteger(count) || count < 0)
      throw new SakeError('invalid-input', `mcnemarTest: expected whole numbers of at least 0, got ${onlyA} and ${onlyB}`); // prettier-ignore
  const n = onlyA + onlyB;
  const k = Math.min(onlyA, onlyB);
  let log = -n * Math.LN2; // ln P(X = 0)
  let below = 0;
  for (let i = 0; i < k; i++) {
    below += Math.exp(log);
    log += Math.log((n - i) / (i + 1));
  }
  const at = Math.exp(log);
  return Math.min(1, 2 * below + (midP ? at : 2 * at));
}
