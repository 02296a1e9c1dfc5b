import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { cutEnding, cutShort } from './cut-short.js';

const outcomes = (cut: typeof cutShort, pattern: string): string[] => {
  const random = createRandom('cuts');
  return [...new Set(Array.from({ length: 200 }, () => cut(pattern, random)))].sort();
};
const all = (pattern: string): string[] => outcomes(cutShort, pattern);

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

describe('cutEnding', () => {
  it.each([
    ['{} plays the sport of', ['{} plays', '{} plays the sport']],
    ['{} lies in the city of', ['{} lies in', '{} lies in the city']],
    ['{} died in', ['{} died']],
    ['The mother tongue of {} is', ['The mother tongue of {} is']],
    ['{} speaks French and', ['{} speaks French and']],
    ['{} in', ['{} in']],
  ])('takes what leads over to the object off %s', (pattern, expected) => {
    expect(outcomes(cutEnding, pattern)).toEqual(expected);
  });
});
