import type { Fact } from '@sakejs/facts';
import type { RelationPhrasings } from '@sakejs/prompts';
import { describe, expect, it } from 'vitest';
import { planCompositions, type Composition } from './compositions.js';

const fact = (subject: string, relation: string, object: string): Fact => ({
  subject,
  relation,
  object,
  sources: [],
  leaks: false,
});
const phrasing = (relation: string, descriptions?: readonly string[]): RelationPhrasings => ({
  relation,
  label: relation,
  subjectKinds: ['place'],
  statements: ['{} is'],
  questions: ['What is {}?'],
  ...(descriptions && { descriptions }),
});
const phrasings = [
  phrasing('P27', ['the country of {}']),
  phrasing('P36', ['the capital of {}']),
  phrasing('P37'),
];
const facts = [
  fact('Ada', 'P27', 'Norway'),
  fact('Bo', 'P27', 'Norway'),
  fact('Norway', 'P36', 'Oslo'),
  fact('Norway', 'P37', 'Norwegian'),
  // Back to its subject, at the bridge, and of a relation that nothing describes: no chains.
  fact('Oslo', 'P27', 'Norway'),
  fact('Monaco', 'P36', 'Monaco'),
  fact('Norwegian', 'P36', 'Oslo'),
];
const plan = (shown: number, heldOut: number, seed = 1): readonly Composition[] =>
  planCompositions({ facts, phrasings, secondRelations: ['P36', 'P37'], shown, heldOut, seed });
const chainOf = ({ first, second }: Composition): string =>
  `${first.subject} ${first.relation} ${second.relation}`;

describe('planCompositions', () => {
  it('chains facts whose first relation has a description, none back to its subject', () => {
    expect(plan(5, 0).map(chainOf).toSorted()).toEqual([
      'Ada P27 P36',
      'Ada P27 P37',
      'Bo P27 P36',
      'Bo P27 P37',
      'Oslo P27 P37',
    ]);
  });

  it('spreads them over pairs of relations and holds out as many as asked for', () => {
    const chosen = plan(2, 2);
    expect(chosen.filter(({ shown }) => shown)).toHaveLength(2);
    expect(
      chosen.filter(({ first, second }) => first.relation === 'P27' && second.relation === 'P36'),
    ).toHaveLength(2);
    expect(plan(2, 2)).toEqual(chosen);
  });

  it('says how many the facts allow', () => {
    expect(() => plan(5, 1)).toThrow(/expected 6 compositions, got 5/);
    expect(plan(0, 0)).toEqual([]);
  });
});
