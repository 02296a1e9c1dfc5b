import type { Fact } from '@sakejs/facts';
import type { RelationPhrasings } from '@sakejs/prompts';
import { describe, expect, it } from 'vitest';
import { planEdits } from './plan-edits.js';

const fact = (subject: string, object: string): Fact => ({
  subject,
  object,
  relation: 'R',
  sources: [],
  leaks: false,
});
const facts = [
  ...Array.from({ length: 6 }, (_, i) => fact(`a${i}`, 'New Red')),
  ...Array.from({ length: 6 }, (_, i) => fact(`b${i}`, 'New Blue')),
  ...Array.from({ length: 5 }, (_, i) => fact(`c${i}`, 'Green')),
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
  it('edits facts whose object has at least 5 other subjects, each once', () => {
    const edits = planEdits({ facts, phrasings, count: 12, seed: 1 });
    expect(edits.map(({ fact: { subject } }) => subject).sort()).toEqual(
      facts.slice(0, 12).map(({ subject }) => subject),
    );
    expect(() => planEdits({ facts, phrasings, count: 13, seed: 1 })).toThrow(/expected 13 facts .*, got 12/);
  });
  it('prefers a new object with another first word', () => {
    const edits = planEdits({ facts, phrasings, count: 12, seed: 1 });
    expect(new Set(edits.map(({ targetNew }) => targetNew))).toEqual(new Set(['Green']));
  });
  it('withholds only phrasings that no other phrasing contains, and not the request', () => {
    for (const { prompt, testPatterns } of planEdits({ facts, phrasings, count: 12, seed: 1 })) {
      expect(testPatterns).not.toContain('{} is');
      expect(testPatterns).not.toContain(prompt);
      expect(new Set(testPatterns).size).toBe(2);
    }
  });
  it('refuses a relation without enough phrasings to withhold', () => {
    const few = [{ ...phrasings[0]!, statements: phrasings[0]!.statements.slice(0, 3) }];
    expect(() => planEdits({ facts, phrasings: few, count: 1, seed: 1 })).toThrow(
      /more than 2 statements of R/,
    );
    expect(() => planEdits({ facts, phrasings: [], count: 1, seed: 1 })).toThrow(
      /phrasings of relation R, got none/,
    );
  });
});
