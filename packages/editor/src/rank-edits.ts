import { type ImpliedMap, type Query, SakeError, type ScopedEdit } from '@sakejs/spec';
import { compareMeasured, type EditPart, measure, type Measured, partsOf } from './edit-parts.js';

/** An edit and how far a query is from it. */
export interface Candidate<E extends ScopedEdit = ScopedEdit> extends Measured {
  readonly edit: E;
  /** What follows from the edit, where the query belongs to that and not to the edit's own questions. */
  readonly implied?: ImpliedMap;
}

/**
 * Every edit that has a scope with its distance from a query, the one to apply first.
 *
 * In scope iff `distance <= threshold`, and those first. Among them the latest matching mention wins where
 * scopes name one, then the smallest ratio, ties to the newest. `edits` are oldest first. An edit with maps of what follows
 * from it stands where the first of its scopes that holds the query does; where none does, where its own stands.
 *
 * @throws {SakeError} `numerical` for a distance that is not a number, and what the scopes throw.
 */
export function rankEdits<E extends ScopedEdit>(edits: readonly E[], query: Query): Candidate<E>[] {
  // The sort is stable, so ties keep newest first.
  return edits
    .map((edit) => toCandidate(edit, query))
    .reverse()
    .sort(compareMeasured);
}

function toCandidate<E extends ScopedEdit>(edit: E, query: Query): Candidate<E> {
  const [own, ...implied] = partsOf(edit) as [EditPart, ...EditPart[]];
  const first = measured(edit, own, query);
  const holding = implied.flatMap((part) => {
    // Of what follows it only counts whether it holds the query.
    if (part.scope.mayHold?.(query) === false) return [];
    const candidate = measured(edit, part, query);
    return candidate.inScope ? [candidate] : [];
  });
  return [first, ...holding].sort(compareMeasured)[0]!;
}

function measured<E extends ScopedEdit>(edit: E, part: EditPart, query: Query): Candidate<E> {
  const how = measure(part, query);
  const { distance, threshold } = how;
  if (Number.isNaN(distance) || Number.isNaN(threshold))
    throw new SakeError(
      'numerical',
      `rankEdits: expected a distance and a threshold from the scope of edit '${edit.id}', got ${distance} and ${threshold}; learn the edit again`,
      { details: { edit: edit.id, distance, threshold } },
    );
  return { edit, ...how, ...(part.implied !== undefined && { implied: part.implied }) };
}
