import type { EditPlan } from './plan-edits.js';

/** What training text never says, so that the benchmark records test what was not shown. */
export interface Withheld {
  /** Whether a pattern is one of the test phrasings of the subject's record. */
  has(subject: string, pattern: string): boolean;
  /** The new object of the subject's record in this relation: never shown with the subject. */
  targetNew(subject: string, relation: string): string | undefined;
}

/** The withheld phrasings and objects that follow from planned edits. */
export function withheldBy(edits: readonly EditPlan[]): Withheld {
  const patterns = new Map<string, Set<string>>();
  const objects = new Map<string, string>();
  for (const { fact, targetNew, testPatterns } of edits) {
    const known = patterns.get(fact.subject) ?? new Set();
    for (const pattern of testPatterns) known.add(pattern);
    patterns.set(fact.subject, known);
    objects.set(`${fact.relation}\t${fact.subject}`, targetNew);
  }
  return {
    has: (subject, pattern) => patterns.get(subject)?.has(pattern) ?? false,
    targetNew: (subject, relation) => objects.get(`${relation}\t${subject}`),
  };
}
