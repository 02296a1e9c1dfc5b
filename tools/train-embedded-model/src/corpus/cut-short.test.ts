import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { cutShort } from './cut-short.js';

const all = (pattern: string): string[] => {
  const random = createRandom('cuts');
  return [...new Set(Array.from({ length: 200 }, () => cutShort(pattern, random)))].sort();
};

describe('cutShort', () => {
  it('leaves at least one word behind the subject', () => {
    expect(all('{} speaks the language of')).toEqual([
      '{} speaks',
      '{} speaks the',
      '{} speaks the language',
    ]);
    expect(all("{}'s capital city is")).toEqual(["{}'s capital", "{}'s capital city"]);
    expect(all('{}, whose capital is')).toEqual(['{}, whose', '{}, whose capital']);
    expect(all('What is the capital of {}? It is called')).toEqual([
      'What is the capital of {}? It',
      'What is the capital of {}? It is',
    ]);
  });

  it('keeps a pattern that has one word behind its subject, or none', () => {
    expect(all('The capital of {} is')).toEqual(['The capital of {} is']);
    expect(all('{} plays')).toEqual(['{} plays']);
    expect(all('Everyone knows {}')).toEqual(['Everyone knows {}']);
  });

  it('never ends in a mark', () => {
    expect(all('{}, a town in Peru, was once ruled from').every((text) => /\p{L}$/u.test(text))).toBe(true);
  });
});
