import type { RelationPhrasings } from '@sakejs/prompts';
import { createRandom } from '@sakejs/spec';
import { withholdableStatements } from './withholdable.js';

/** Which phrasings of a relation tests may ask, and which ones requests state. */
export interface TestPatterns {
  /** Statements that may be withheld from the subjects of tests; at most half of the relation's withholdable ones. */
  tests(relation: string): readonly string[];
  /** Statements that ask this relation only and that no test asks: of any subject, training shows them. */
  requests(relation: string): readonly string[];
  /** Noun phrases for the object that only this relation has. */
  descriptions(relation: string): readonly string[];
}

/** Splits each relation's phrasings by seeded chance, so that what one record tests is never what another one requests. */
export function createTestPatterns(phrasings: readonly RelationPhrasings[], seed: number): TestPatterns {
  const uses = new Map<string, number>();
  for (const { statements, questions, descriptions = [] } of phrasings)
    for (const pattern of [...statements, ...questions, ...descriptions])
      uses.set(pattern, (uses.get(pattern) ?? 0) + 1);
  const withholdable = withholdableStatements(phrasings);
  const random = createRandom(`${seed}/test-patterns`);
  const parts = new Map(
    phrasings.map(({ relation, statements, descriptions = [] }) => {
      const candidates = random.fork(relation).shuffle(withholdable.get(relation)!);
      const tests = candidates.slice(0, Math.floor(candidates.length / 2));
      const own = (pattern: string): boolean => uses.get(pattern) === 1;
      return [
        relation,
        {
          tests,
          requests: statements.filter((statement) => own(statement) && !tests.includes(statement)),
          descriptions: descriptions.filter(own),
        },
      ];
    }),
  );
  return {
    tests: (relation) => parts.get(relation)?.tests ?? [],
    requests: (relation) => parts.get(relation)?.requests ?? [],
    descriptions: (relation) => parts.get(relation)?.descriptions ?? [],
  };
}
