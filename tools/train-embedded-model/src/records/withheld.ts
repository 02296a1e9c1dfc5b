import type { EditPlan } from './plan-edits.js';

/** What training text never says, so that the benchmark records test what was not shown. */
export interface Withheld {
  /** Whether a pattern is a test phrasing of the subject's record, or of a subject whose name is in this one's. */
  has(subject: string, pattern: string): boolean;
  /** The new object of the subject's record in this relation: never shown with the subject. */
  targetNew(subject: string, relation: string): string | undefined;
}

/**
 * The withheld phrasings and objects that follow from planned edits.
 *
 * `West Germany is governed from` holds the words of `Germany is governed from`, so what is withheld from Germany is
 * withheld from West Germany too.
 */
export function withheldBy(edits: readonly EditPlan[]): Withheld {
  const subjects = new Map<string, string[]>();
  const objects = new Map<string, string>();
  for (const { fact, targetNew, testPatterns } of edits) {
    for (const pattern of testPatterns)
      subjects.set(pattern, [...(subjects.get(pattern) ?? []), fact.subject]);
    objects.set(`${fact.relation}\t${fact.subject}`, targetNew);
  }
  return {
    has: (subject, pattern) => subjects.get(pattern)?.some((name) => subject.includes(name)) ?? false,
    targetNew: (subject, relation) => objects.get(`${relation}\t${subject}`),
  };
}
