import type { Fact } from '@sakejs/facts';
import type { RelationPhrasings } from '@sakejs/prompts';
import { describe, expect, it } from 'vitest';
import { planEdits } from './plan-edits.js';

const fact = (subject: string, object: string, leaks = false): Fact => ({
  subject,
  object,
  relation: 'R',
  sources: [],
  leaks,
});
const named = (letter: string, count: number, object: string): Fact[] =>
  Array.from({ length: count }, (_, i) => fact(`${letter}${i}`, object));
const facts = [
  ...named('a', 7, 'New Red'),
  ...named('b', 7, 'New Blue'),
  ...named('c', 7, 'Green'),
  ...named('d', 5, 'Grey'),
  fact('Green e', 'Green', true),
];
const phrasings: RelationPhrasings[] = [
  {
    relation: 'R',
    label: 'colour',
    subjectKinds: ['product'],
    statements: ['{} is', 'The colour of {} is', '{} has the colour', 'People see {} as', 'Painted, {} is'],
    questions: ['What colour has {}?'],
  },
];

describe('planEdits', () => {
  const edits = planEdits({ facts, phrasings, count: 6, seed: 1 });
  it('leaves each object 5 subjects that no record edits', () => {
    const edited = new Set(edits.map((edit) => edit.fact.subject));
    expect(edited.size).toBe(6);
    for (const object of edits.flatMap((edit) => [edit.fact.object, edit.targetNew]))
      expect(
        facts.filter((each) => each.object === object && !edited.has(each.subject)).length,
      ).toBeGreaterThanOrEqual(5);
    expect(() => planEdits({ facts, phrasings, count: 20, seed: 1 })).toThrow(/expected 20 facts .*, got \d/);
  });
  it('edits neither a subject that names its object nor one that another suite edits', () => {
    const taken = new Set(['a0', 'b0', 'c0', 'c1']);
    for (const edit of planEdits({ facts, phrasings, count: 4, seed: 1, taken })) {
      expect(edit.fact.leaks).toBe(false);
      expect(taken).not.toContain(edit.fact.subject);
    }
  });
  it('takes a new object with another first word', () => {
    for (const { fact: edited, targetNew } of edits)
      expect(targetNew === 'Green').toBe(edited.object.startsWith('New'));
  });
  it('withholds only phrasings that no other phrasing contains, and not the request', () => {
    const requests = edits.map(({ prompt }) => prompt);
    for (const { testPatterns } of edits) {
      expect(testPatterns).not.toContain('{} is');
      expect(testPatterns.filter((pattern) => requests.includes(pattern))).toEqual([]);
      expect(new Set(testPatterns).size).toBe(2);
    }
  });
  it('gives each split half of the edits', () => {
    expect(edits.filter(({ split }) => split === 'test')).toHaveLength(3);
  });
  it('refuses a relation without enough phrasings to withhold', () => {
    const few = [{ ...phrasings[0]!, statements: phrasings[0]!.statements.slice(0, 3) }];
    expect(() => planEdits({ facts, phrasings: few, count: 1, seed: 1 })).toThrow(
      /at least 4 statements of R/,
    );
    expect(() => planEdits({ facts, phrasings: [], count: 1, seed: 1 })).toThrow(
      /phrasings of relation R, got none/,
    );
  });
});
