import type { Fact } from '@sakejs/facts';
import type { Alias } from '../corpus/aliases.js';
import { groupFacts } from './group-facts.js';
import type { TestPatterns } from './test-patterns.js';

/** A dataset's facts as edits with ripples look them up. */
export interface RippleWorld {
  readonly patterns: TestPatterns;
  readonly relations: ReadonlySet<string>;
  /** Whether a second hop may ask the relation. */
  isSecond(relation: string): boolean;
  facts(subject: string): readonly Fact[];
  fact(subject: string, relation: string): Fact | undefined;
  /** Facts that a second hop may ask of an object that another relation leads to. */
  secondHops(object: string, relation: string): readonly Fact[];
  /** Facts that lead to this fact's subject and describe it, in other relations and without naming it. */
  firstHops(fact: Fact): readonly Fact[];
  aliases(subject: string): readonly Alias[];
}

export interface RippleWorldOptions {
  readonly facts: readonly Fact[];
  readonly secondRelations: readonly string[];
  readonly aliases: readonly Alias[];
  readonly patterns: TestPatterns;
}

/** Indexes facts by subject and object; each lookup costs one map access. */
export function createRippleWorld({
  facts,
  secondRelations,
  aliases,
  patterns,
}: RippleWorldOptions): RippleWorld {
  const bySubject = groupFacts(facts, 'subject');
  const byObject = groupFacts(facts, 'object');
  const second = new Set(secondRelations);
  const named = new Map<string, Alias[]>();
  for (const alias of aliases) named.set(alias.subject, [...(named.get(alias.subject) ?? []), alias]);
  const of = (subject: string): readonly Fact[] => bySubject.get(subject) ?? [];
  return {
    patterns,
    relations: new Set(facts.map(({ relation }) => relation)),
    isSecond: (relation) => second.has(relation),
    facts: of,
    fact: (subject, relation) => of(subject).find((each) => each.relation === relation),
    secondHops: (object, relation) =>
      of(object).filter(
        (next) => second.has(next.relation) && next.relation !== relation && next.object !== object,
      ),
    firstHops: ({ subject, relation, object }) =>
      (byObject.get(subject) ?? []).filter(
        (first) =>
          first.relation !== relation &&
          !first.leaks &&
          first.subject !== object &&
          patterns.descriptions(first.relation).length > 0,
      ),
    aliases: (subject) => named.get(subject) ?? [],
  };
}
