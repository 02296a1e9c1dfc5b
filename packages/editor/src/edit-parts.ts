import type { ImpliedMap, MapEdit, Query, Scope, ScopedEdit, TransportMap } from '@sakejs/spec';

/** A scope of an edit, and what it holds beyond the edit's own questions. */
export interface EditPart {
  readonly scope: Scope;
  /** Absent for the edit itself. */
  readonly implied?: ImpliedMap;
}

/** The edit itself, then what follows from it. */
export function partsOf(edit: ScopedEdit): readonly EditPart[] {
  const implied = edit.kind === 'map' ? (edit.implied ?? []) : [];
  return [{ scope: edit.scope }, ...implied.map((part) => ({ scope: part.scope, implied: part }))];
}

/** Every scope of the edits. */
export const scopesOf = (live: readonly ScopedEdit[]): readonly Scope[] =>
  live.flatMap((edit) => partsOf(edit).map(({ scope }) => scope));

/** How far a query is from a scope. */
export interface Measured {
  readonly distance: number;
  readonly threshold: number;
  /** `distance / threshold`: at most 1 in scope. For a threshold not above 0: 1 in scope, else +Infinity. */
  readonly ratio: number;
  readonly inScope: boolean;
  /** Token index of the mention that matched, where the scope looks at mentions. */
  readonly position?: number;
}

/** In scope iff `distance <= threshold`. */
export function measure({ scope }: EditPart, query: Query): Measured {
  const { threshold } = scope;
  const { distance, position } = scope.match(query);
  const inScope = distance <= threshold;
  return {
    distance,
    threshold,
    ratio: threshold > 0 && Number.isFinite(threshold) ? distance / threshold : inScope ? 1 : Infinity,
    inScope,
    ...(position === undefined ? {} : { position }),
  };
}

/** Those in scope first; among them the latest matching mention, then the smallest ratio. */
export function compareMeasured(a: Measured, b: Measured): number {
  return (
    Number(b.inScope) - Number(a.inScope) ||
    (a.inScope ? compare(b.position ?? -1, a.position ?? -1) : 0) ||
    compare(a.ratio, b.ratio)
  );
}

/** The map of the part of an edit that a query belongs to. */
export const mapOf = ({
  edit,
  implied,
}: {
  readonly edit: MapEdit;
  readonly implied?: ImpliedMap;
}): TransportMap => implied?.map ?? edit.map;

/** Ascending; infinities compare, unlike by subtraction. */
function compare(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}
