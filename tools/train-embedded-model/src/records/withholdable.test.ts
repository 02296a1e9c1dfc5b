import type { RelationPhrasings } from '@sakejs/prompts';
import { describe, expect, it } from 'vitest';
import { withholdableStatements } from './withholdable.js';

const relation = (name: string, parts: Partial<RelationPhrasings>): RelationPhrasings => ({
  relation: name,
  label: name,
  subjectKinds: ['place'],
  statements: [],
  questions: [],
  ...parts,
});

describe('withholdableStatements', () => {
  it('leaves out statements whose words another phrasing holds', () => {
    const phrasings = [
      relation('R', { statements: ['The head of {} is', 'For {}, it is'] }),
      relation('S', { questions: ['Who knows what the head of {} is?'] }),
    ];
    expect(withholdableStatements(phrasings).get('R')).toEqual(['For {}, it is']);
  });
  it('leaves out statements that hold a question', () => {
    const phrasings = [
      relation('R', {
        statements: ['Who heads {}? The answer is', 'Who leads {}? It is'],
        questions: ['Who heads {}?'],
      }),
    ];
    expect(withholdableStatements(phrasings).get('R')).toEqual(['Who leads {}? It is']);
  });
  it('leaves out statements whose words a description in a phrasing holds', () => {
    const phrasings = [
      relation('R', {
        statements: ['The home of {} is', 'The home of {} was', "By law, {}'s home is"],
        descriptions: ['the home of {}', "{}'s home"],
      }),
      relation('S', { statements: ['{} is ruled from', 'By right, {} is led from'] }),
    ];
    expect(withholdableStatements(phrasings).get('R')).toEqual([
      'The home of {} was',
      "By law, {}'s home is",
    ]);
  });
  it('keeps statements that hold a description by themselves', () => {
    const phrasings = [
      relation('R', { descriptions: ['the home of {}'] }),
      relation('S', { statements: ['{} is ruled from'] }),
    ];
    expect(withholdableStatements(phrasings).get('S')).toEqual(['{} is ruled from']);
  });
});
