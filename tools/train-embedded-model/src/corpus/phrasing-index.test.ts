import type { Fact } from '@sakejs/facts';
import type { RelationPhrasings } from '@sakejs/prompts';
import { describe, expect, it } from 'vitest';
import { createPhrasingIndex } from './phrasing-index.js';

const fact = (subject: string, relation: string, object: string): Fact => ({
  subject,
  relation,
  object,
  sources: [],
  leaks: false,
});
const phrasing = (relation: string, own: string): RelationPhrasings => ({
  relation,
  label: relation,
  subjectKinds: ['place'],
  statements: ['{} is in', `The ${own} of {} is`],
  questions: ['Where is {}?', `What is the ${own} of {}?`],
});
const country = phrasing('P17', 'country');
const region = { ...phrasing('P131', 'region'), descriptions: ['the region of {}'] };

const oslo = fact('Oslo', 'P17', 'Norway');
const facts = [
  oslo,
  fact('Lyon', 'P17', 'France'),
  fact('Lyon', 'P131', 'Rhône'),
  fact('Bern', 'P17', 'Bern'),
  fact('Bern', 'P131', 'Bern'),
];
const index = createPhrasingIndex({ facts, phrasings: [country, region] });

describe('createPhrasingIndex', () => {
  it('keeps shared phrasings where the subject has one of the facts, or both with one object', () => {
    expect(index.statements(oslo)).toEqual(country.statements);
    expect(index.questions(facts[3]!)).toEqual(country.questions);
    expect(index.statements(facts[4]!)).toEqual(region.statements);
  });

  it('leaves out what would ask another fact of the subject too', () => {
    expect(index.statements(facts[1]!)).toEqual(['The country of {} is']);
    expect(index.questions(facts[2]!)).toEqual(['What is the region of {}?']);
  });

  it('has no descriptions where the relation has none', () => {
    expect(index.descriptions(oslo)).toEqual([]);
    expect(index.descriptions(facts[2]!)).toEqual(['the region of {}']);
  });
});
