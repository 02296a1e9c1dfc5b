import type { Answer } from '../protocols/answer.js';
import type { Protocol } from '../protocols/protocol.js';
import type { Query } from '../suites/suite.js';

/** What is asked: the next token, a free continuation, or whether removing the edit gives back the same logits. */
export type MetricAsk = 'next-token' | 'continuation' | 'removal';

/** `share` in 0..1; `nats`, `bits` and `logit` are means of values. */
export type MetricUnit = 'share' | 'nats' | 'bits' | 'logit';

/** A query's outcome under each scorer; null where the query has nothing for it. */
export interface Scores {
  /** The greedy next token is a non-empty prefix of a wanted object. */
  readonly firstToken: boolean | null;
  /** The continuation begins with a whole wanted object. */
  readonly wholeObject: boolean | null;
  /** The likelier rival's first token is the likelier of the two. */
  readonly probability: boolean | null;
}

/** Everything that a metric may look at to judge a query. */
export interface Evidence {
  readonly query: Query;
  readonly protocol: Protocol;
  /** The unedited model's answer. */
  readonly plain: Answer;
  /** The answer with the protocol's live edits. */
  readonly edited: Answer;
  readonly scores: Scores;
  /** Id of the query's own edit, where it was learned. */
  readonly own?: string;
  /** Edits live besides the own one. */
  readonly others: number;
  /** KL of the edited from the unedited next-token distribution, in nats. */
  readonly kl: number;
  /** Whether the greedy token is the unedited one. */
  readonly sameTop: boolean;
  /** Whether the condition query passes, where the metric asks one. */
  readonly conditionPasses?: boolean;
  /** Whether the request has P(new) > P(true) after the edit, where the protocol asks. */
  readonly prefersNew?: boolean;
  /** The continuation of a `continuation` query. */
  readonly text?: string;
  /** Largest difference of a logit before adding and after removing the own edit, of a `removal` query. */
  readonly undoDifference?: number;
}

/** Whether a query counts, and what for. */
export type Judgement =
  | { readonly kept: true; readonly value: number }
  /** Why it is left out of the mean. */
  | { readonly kept: false; readonly reason: string };

/** Where a metric's condition query is asked. */
export interface ConditionAsk {
  readonly prompt: string;
  readonly answers: readonly string[];
  /** The unedited model, or the own map with its gate ignored. */
  readonly of: 'unedited' | 'own-open';
}

/** A mean over queries of a suite, one file each. */
export interface Metric {
  readonly name: string;
  readonly higherIsBetter: boolean;
  readonly unit: MetricUnit;
  /** Default `next-token`. */
  readonly asks?: MetricAsk;
  /** Whether its queries are the edit's business (`edit`), or should be left alone (`leave`). */
  readonly reach: 'edit' | 'leave';
  /** Whether the gate is ignored; default: it is not. */
  readonly opensGate?: (protocol: Protocol) => boolean;
  /** The condition that filters a query, where there is one. */
  readonly condition?: (query: Query, protocol: Protocol) => ConditionAsk | undefined;
  /** Whether {@link Evidence.prefersNew} is looked at. */
  readonly looksAtPreference?: (protocol: Protocol) => boolean;
  readonly judge: (evidence: Evidence) => Judgement;
}

export const counts = (success: boolean): Judgement => ({ kept: true, value: success ? 1 : 0 });

export const leftOut = (reason: string): Judgement => ({ kept: false, reason });
