import type { EditPlan } from './plan-edits.js';
import type { PopularPlan } from './popular-plan.js';

/** What training text never says, so that the benchmark records test what was not shown. */
export interface Withheld {
  /** Whether a pattern is a test phrasing of the subject, or of one whose name is in this one's. */
  has(subject: string, pattern: string): boolean;
  /** The new object of the subject's record in this relation: never shown with the subject. */
  targetNew(subject: string, relation: string): string | undefined;
}

/**
 * The withheld phrasings and objects that follow from planned edits.
 *
 * `West Germany is governed from` holds the words of `Germany is governed from`, so what is withheld from Germany is
 * withheld from West Germany too. A two-hop test's phrasing is withheld from its first hop's subject. What an edit
 * implies the other way round (`s` of its new capital) is withheld as that one's new object.
 */
export function withheldBy(edits: readonly EditPlan[], popular: readonly PopularPlan[] = []): Withheld {
  const names = new Map<string, Set<string>>();
  const objects = new Map<string, string>();
  const withhold = (pattern: string, name: string): void => {
    const known = names.get(pattern);
    if (known) known.add(name);
    else names.set(pattern, new Set([name]));
  };
  for (const { fact, targetNew, testPatterns } of edits) {
    for (const pattern of testPatterns) withhold(pattern, fact.subject);
    objects.set(`${fact.relation}\t${fact.subject}`, targetNew);
  }
  for (const { tests } of popular)
    for (const { axis, pattern, withheldFrom, first } of tests) {
      for (const name of withheldFrom) withhold(pattern, name);
      if (axis === 'Logical_Generalization') objects.set(`${first.relation}\t${first.subject}`, first.object);
    }
  for (const { fact, targetNew } of popular) objects.set(`${fact.relation}\t${fact.subject}`, targetNew);
  const lists = new Map([...names].map(([pattern, known]) => [pattern, [...known]]));
  return {
    has: (subject, pattern) => lists.get(pattern)?.some((name) => subject.includes(name)) ?? false,
    targetNew: (subject, relation) => objects.get(`${relation}\t${subject}`),
  };
}
