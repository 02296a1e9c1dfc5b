import type { Fact } from '@sakejs/facts';
import { groupFacts } from './group-facts.js';

/** How many unedited subjects each object of a relation has left. */
export interface NeighbourCount {
  of(relation: string, object: string): number;
  /**
   * Edits a subject whose record asks of the other subjects of the given objects, unless one of those, or one that an
   * earlier record asks of, would have too few left, or the subject is edited already. Whether it did.
   */
  edit(subject: string, relation: string, objects: readonly string[]): boolean;
}

/** Counts neighbours so that each object which a record asks of keeps at least `minimum` unedited subjects. */
export function createNeighbourCount(facts: readonly Fact[], minimum: number): NeighbourCount {
  const keyOf = (relation: string, object: string): string => `${relation}\t${object}`;
  const left = new Map<string, number>();
  for (const { relation, object } of facts) {
    const key = keyOf(relation, object);
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  const bySubject = groupFacts(facts, 'subject');
  const edited = new Set<string>();
  const needed = new Set<string>();
  return {
    of: (relation, object) => left.get(keyOf(relation, object)) ?? 0,
    edit(subject, relation, objects) {
      if (edited.has(subject)) return false;
      const lost = new Set(bySubject.get(subject)!.map((fact) => keyOf(fact.relation, fact.object)));
      const asked = objects.map((object) => keyOf(relation, object));
      const rest = (key: string): number => left.get(key)! - (lost.has(key) ? 1 : 0);
      if ([...asked, ...[...lost].filter((key) => needed.has(key))].some((key) => rest(key) < minimum))
        return false;
      for (const key of lost) left.set(key, left.get(key)! - 1);
      for (const key of asked) needed.add(key);
      edited.add(subject);
      return true;
    },
  };
}
