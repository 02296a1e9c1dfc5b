import { describe, expect, it } from 'vitest';
import { firstDataset } from './first-dataset.test-data.js';
import { allPairs } from './training-pairs.js';

const pairs = [...allPairs(firstDataset)];

describe('allPairs', () => {
  it('gives every fact in every statement and question of its relation, once', () => {
    const expected = firstDataset.facts.reduce((sum, { relation }) => {
      const own = firstDataset.phrasings.find((each) => each.relation === relation)!;
      return sum + own.statements.length + own.questions.length;
    }, 0);
    expect(pairs.length).toBe(expected);
    expect(
      new Set(pairs.map(({ fact, pattern }) => `${fact.relation} ${fact.subject} ${pattern}`)).size,
    ).toBe(expected);
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
