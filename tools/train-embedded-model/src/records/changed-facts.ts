import type { Fact } from '@sakejs/facts';

/** Relations that read the other way round are one fact: twin cities, a capital and what it is the capital of. */
export const inverseRelations: ReadonlyMap<string, string> = new Map([
  ['P190', 'P190'],
  ['P36', 'P1376'],
  ['P1376', 'P36'],
]);

/** Relations of one subject that ask nearly the same, or of which one says much about another. */
const related: readonly (readonly string[])[] = [
  ['P17', 'P30', 'P37', 'P131', 'P159', 'P276', 'P1376'],
  ['P36', 'P1376'],
  ['P106', 'P413', 'P641'],
  ['P364', 'P407'],
  ['P103', 'P1412'],
  ['P127', 'P176', 'P178'],
];

/** Whether an edit of one relation puts what another one gives for the same subject in doubt. */
export function dependsOn(relation: string, other: string): boolean {
  return relation === other || related.some((group) => group.includes(relation) && group.includes(other));
}

/**
 * How many of the edits, all live at once, change what a subject's relation gives: by editing it, by implying it the
 * other way round (`s` of its new capital) or by undoing it so (`s` of its old capital).
 */
export function countChanges(
  edits: readonly { readonly fact: Fact; readonly targetNew: string }[],
): (subject: string, relation: string) => number {
  const counts = new Map<string, number>();
  const change = (subject: string, relation: string): void => {
    const key = `${relation}\t${subject}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const { fact, targetNew } of edits) {
    change(fact.subject, fact.relation);
    const inverse = inverseRelations.get(fact.relation);
    if (inverse === undefined) continue;
    change(targetNew, inverse);
    change(fact.object, inverse);
  }
  return (subject, relation) => counts.get(`${relation}\t${subject}`) ?? 0;
}
