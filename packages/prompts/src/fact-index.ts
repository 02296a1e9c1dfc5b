import type { Random } from '@sakejs/spec';

/** A true fact that negatives are made from. */
export interface KnownFact {
  /** Wikidata property, e.g. `P103`. */
  readonly relation: string;
  readonly subject: string;
  readonly object: string;
}

/** Facts, looked up by relation, object or subject. */
export interface FactIndex {
  /** Facts of one relation, in the order given. */
  ofRelation(relation: string): readonly KnownFact[];
  /** Facts with this object, over all relations. */
  withObject(object: string): readonly KnownFact[];
  /** Facts about this subject, over all relations. */
  aboutSubject(subject: string): readonly KnownFact[];
  /** Whether the facts say (subject, relation, object). */
  holds(subject: string, relation: string, object: string): boolean;
  /** Share of the relation's facts that have this object, in 0..1. */
  share(relation: string, object: string): number;
  /** Whether a word stands in the names of two different subjects or objects. */
  isShared(word: string): boolean;
  /** Facts drawn at random with replacement, without end; none when there are no facts. */
  draw(random: Random): Iterable<KnownFact>;
}

/** An index over facts, which are kept, not copied. */
export function createFactIndex(facts: readonly KnownFact[]): FactIndex {
  let uses: Map<string, number> | undefined;
  const byRelation = groupBy(facts, (fact) => fact.relation);
  const byObject = groupBy(facts, (fact) => fact.object);
  const bySubject = groupBy(facts, (fact) => fact.subject);
  return {
    ofRelation: (relation) => byRelation.get(relation) ?? [],
    withObject: (object) => byObject.get(object) ?? [],
    aboutSubject: (subject) => bySubject.get(subject) ?? [],
    holds: (subject, relation, object) =>
      (bySubject.get(subject) ?? []).some((fact) => fact.relation === relation && fact.object === object),
    share: (relation, object) => {
      const all = byRelation.get(relation)?.length ?? 0;
      const having = (byObject.get(object) ?? []).filter((fact) => fact.relation === relation).length;
      return all === 0 ? 0 : having / all;
    },
    isShared: (word) => (uses ??= countNames(facts)).get(word) !== undefined && uses.get(word)! > 1,
    *draw(random) {
      while (facts.length > 0) yield random.pick(facts);
    },
  };
}

/** In how many names each word stands. */
function countNames(facts: readonly KnownFact[]): Map<string, number> {
  const uses = new Map<string, number>();
  for (const name of new Set(facts.flatMap(({ subject, object }) => [subject, object])))
    for (const word of new Set(name.split(/[\s,]+/))) uses.set(word, (uses.get(word) ?? 0) + 1);
  return uses;
}

function groupBy(facts: readonly KnownFact[], key: (fact: KnownFact) => string): Map<string, KnownFact[]> {
  const groups = new Map<string, KnownFact[]>();
  for (const fact of facts) {
    const list = groups.get(key(fact));
    if (list === undefined) groups.set(key(fact), [fact]);
    else list.push(fact);
  }
  return groups;
}
