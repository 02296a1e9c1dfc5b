import type { Fact } from '@sakejs/facts';
import { describe, expect, it } from 'vitest';
import { firstDataset } from './first-dataset.test-data.js';
import { allPairs } from './training-pairs.js';

const pairs = [...allPairs(firstDataset)];

describe('allPairs', () => {
  it('gives every fact in every statement and question of its relation, once', () => {
    const key = (fact: Fact, pattern: string): string => `${fact.relation} ${fact.subject} ${pattern}`;
    const given = new Set(pairs.map(({ fact, pattern }) => key(fact, pattern)));
    expect(given.size).toBe(pairs.length);
    const missing = firstDataset.facts.flatMap((fact) => {
      const own = firstDataset.phrasings.find((each) => each.relation === fact.relation)!;
      return [...own.statements, ...own.questions]
        .filter((pattern) => !given.has(key(fact, pattern)))
        .map((pattern) => ({ fact, pattern }));
    });
    // Only what would also ask another fact of the subject.
    expect(missing.length).toBeLessThan(pairs.length / 100);
    for (const { fact, pattern } of missing)
      expect(
        firstDataset.facts.some(
          (other) =>
            other.subject === fact.subject &&
            other.object !== fact.object &&
            firstDataset.phrasings.some(
              ({ relation, statements, questions }) =>
                relation === other.relation && [...statements, ...questions].includes(pattern),
            ),
        ),
      ).toBe(true);
  });
  it('flags the withheld pairs and the kept-out subjects', () => {
    const withheld = pairs.filter((pair) => pair.withheld);
    for (const { fact, testPatterns } of firstDataset.edits)
      expect(withheld.filter((pair) => pair.fact === fact).map(({ pattern }) => pattern)).toEqual(
        expect.arrayContaining([...testPatterns]),
      );
    expect(withheld.length).toBeLessThan(3 * firstDataset.edits.length);
    expect(new Set(pairs.filter(({ keptOut }) => keptOut).map(({ fact }) => fact.subject))).toEqual(
      firstDataset.keptOut,
    );
  });
  it('fills the subject in', () => {
    expect(pairs.every(({ prompt, fact }) => prompt.includes(fact.subject) && !/[{}]/.test(prompt))).toBe(
      true,
    );
  });
});
