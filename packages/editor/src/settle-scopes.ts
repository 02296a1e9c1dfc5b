import type { ScopedEdit } from '@sakejs/spec';

/** What was settled last, by the first of its edits. */
const settled = new WeakMap<
  ScopedEdit,
  { readonly from: readonly ScopedEdit[]; readonly to: readonly ScopedEdit[] }
>();

/**
 * Live edits, oldest first, with their scopes beside each other's: those that give way to neighbours have done so.
 *
 * The edits themselves are left alone, so that a neighbour's removal leaves no trace.
 */
export function settleScopes(edits: readonly ScopedEdit[]): readonly ScopedEdit[] {
  const [first] = edits;
  if (first === undefined || edits.every(({ scope }) => scope.beside === undefined)) return edits;
  const known = settled.get(first);
  if (known !== undefined && isSame(known.from, edits)) return known.to;
  const scopes = edits.map(({ scope }) => scope);
  const to = edits.map((edit): ScopedEdit =>
    edit.scope.beside === undefined ? edit : { ...edit, scope: edit.scope.beside(scopes) },
  );
  settled.set(first, { from: edits, to });
  return to;
}

function isSame(a: readonly ScopedEdit[], b: readonly ScopedEdit[]): boolean {
  return a.length === b.length && a.every((edit, at) => edit === b[at]);
}
