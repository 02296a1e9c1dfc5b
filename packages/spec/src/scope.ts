import type { Matrix, Vector } from './matrix.js';
import type { PromptKind } from './prompt-distribution.js';
import type { TensorBundle } from './tensor-bundle.js';

/** What a scope has to see of a query beyond its last-token activation. */
export interface ScopeNeeds {
  /** Residual-stream layers wanted at every position; layer i is the output of block i, 0 the first. */
  readonly layers: readonly number[];
  /** Whether a sentence embedding is wanted. */
  readonly embedding: boolean;
}

/** A prompt as a scope sees it. */
export interface Query {
  /** The input of the LM head at the last token, [d]. */
  readonly lastTokenActivation: Vector;
  /** Residual stream after the named blocks, [positions, d] each. */
  readonly layers?: ReadonlyMap<number, Matrix>;
  /** Sentence embedding, [e]. */
  readonly embedding?: Vector;
}

/** A generated prompt with what it is, to fit and calibrate scopes. */
export interface LabelledQuery extends Query {
  readonly kind: PromptKind;
  /** Token index of the last token of the subject's last mention; absent when it names none. */
  readonly subjectPosition?: number;
  /**
   * Which prompt or phrasing it came from: queries of one group stay in one fold. Defaults to the query's index.
   */
  readonly group?: number;
}

/** How far a query is from an edit. */
export interface ScopeMatch {
  /** Finite or +Infinity, never NaN; in scope iff `distance <= threshold`. */
  readonly distance: number;
  /** Token index of the mention that matched, where the scope looks at mentions: the latest wins. */
  readonly position?: number;
}

/** A fitted scope: does this query belong to the edit? */
export interface Scope {
  readonly kind: string;
  readonly threshold: number;
  readonly needs: ScopeNeeds;
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /** @throws {SakeError} `shape-mismatch` for a query of another width, `invalid-input` when it lacks what `needs` names. */
  match(query: Query): ScopeMatch;
  /** Whether the query can be in scope at all, where that is cheaper to say than how far it is. False only if it is not. */
  mayHold?(query: Query): boolean;
  /**
   * This scope beside all that are live, oldest first and itself among them: for scopes that give way to neighbours.
   * Worked out anew whenever edits come and go, so that nothing outlasts a neighbour.
   */
  beside?(live: readonly Scope[]): Scope;
  toTensors(): TensorBundle;
}

export interface ScopeInput {
  /** Prompts of the edit; the first is the request's own. */
  readonly positives: readonly LabelledQuery[];
  readonly negatives: readonly LabelledQuery[];
}

/** Learns a scope from queries that belong to an edit and queries that do not. */
export interface ScopeDetector {
  readonly kind: string;
  readonly needs: ScopeNeeds;
  /** @throws {SakeError} `not-enough-data` when a side it needs is empty. */
  fit(input: ScopeInput): Scope;
}
