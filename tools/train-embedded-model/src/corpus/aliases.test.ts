import type { Fact } from '@sakejs/facts';
import { describe, expect, it } from 'vitest';
import { planAliases } from './aliases.js';

const fact = (subject: string, relation: string, object: string): Fact => ({
  subject,
  relation,
  object,
  sources: [],
  leaks: false,
});
const facts = [
  fact('Ada Lovelace', 'P27', 'Bulgaria'),
  fact('Ada Lovelace', 'P103', 'English'),
  fact('Jean Paul Marat', 'P27', 'France'),
  fact('Anna Bach', 'P27', 'Austria'),
  fact('Maria Bach', 'P27', 'Austria'),
  fact('Port Louis', 'P30', 'Africa'),
];
const aliasesOf = (count: number, seed = 1): string[] =>
  planAliases({ facts, count, seed }).map(({ alias }) => alias);

describe('planAliases', () => {
  it('names people whose surname no other label holds', () => {
    expect(aliasesOf(9).toSorted()).toEqual(['A. Lovelace', 'J. P. Marat', 'Lovelace', 'Marat']);
  });

  it('takes people with most facts first', () => {
    for (const seed of [1, 2, 3]) expect(aliasesOf(1, seed)).toEqual(['Lovelace', 'A. Lovelace']);
  });
});
