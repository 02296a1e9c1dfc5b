import { type Query, SakeError, type ScopedEdit } from '@sakejs/spec';

/** An edit and how far a query is from it. */
export interface Candidate<E extends ScopedEdit = ScopedEdit> {
  readonly edit: E;
  readonly distance: number;
  readonly threshold: number;
  /** `distance / threshold`: at most 1 in scope. For a threshold not above 0: 1 in scope, else +Infinity. */
  readonly ratio: number;
  readonly inScope: boolean;
  /** Token index of the mention that matched, where the scope looks at mentions. */
  readonly position?: number;
}

/**
 * Every edit that has a scope with its distance from a query, the one to apply first.
 *
 * In scope iff `distance <= threshold`, and those first. Among them the latest matching mention wins where
 * scopes name one, then the smallest ratio, ties to the newest. `edits` are oldest first.
 *
 * @throws {SakeError} `numerical` for a distance that is not a number, and what the scopes throw.
 */
export function rankEdits<E extends ScopedEdit>(edits: readonly E[], query: Query): Candidate<E>[] {
  return edits
    .map((edit) => toCandidate(edit, query))
    .reverse()
    .sort(
      (a, b) =>
        Number(b.inScope) - Number(a.inScope) ||
        (a.inScope ? compare(b.position ?? -1, a.position ?? -1) : 0) ||
        compare(a.ratio, b.ratio),
    );
}

function toCandidate<E extends ScopedEdit>(edit: E, query: Query): Candidate<E> {
  const { threshold } = edit.scope;
  const { distance, position } = edit.scope.match(query);
  if (Number.isNaN(distance) || Number.isNaN(threshold))
    throw new SakeError(
      'numerical',
      `rankEdits: expected a distance and a threshold from the scope of edit '${edit.id}', got ${distance} and ${threshold}; learn the edit again`,
      { details: { edit: edit.id, distance, threshold } },
    );
  const inScope = distance <= threshold;
  return {
    edit,
    distance,
    threshold,
    ratio: threshold > 0 && Number.isFinite(threshold) ? distance / threshold : inScope ? 1 : Infinity,
    inScope,
    ...(position === undefined ? {} : { position }),
  };
}

/** Ascending; infinities compare, unlike by subtraction. The sort is stable, so ties keep newest first. */
function compare(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}
