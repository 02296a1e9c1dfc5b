import { describe, expect, it } from 'vitest';
import { subjectSpan } from './subject-span.js';

/** A tokenizer of words with the space in front of them, after a token that opens every text. */
const words = {
  encode: (text: string): number[] => [0, ...(text.match(/ ?[^ ]+| +/g) ?? []).map((word) => idOf(word))],
  decode: (ids: readonly number[]): string => ids.map((id) => (id === 0 ? '' : known[id - 1]!)).join(''),
};
const known: string[] = [];
function idOf(word: string): number {
  if (!known.includes(word)) known.push(word);
  return known.indexOf(word) + 1;
}

describe('subjectSpan', () => {
  it('reaches from the first token of the last mention to its last', () => {
    const text = 'New York is big and New York City is in';
    expect(subjectSpan(words, text, 'New York City')).toEqual({ first: 6, last: 8 });
  });

  it('begins behind the opening token where the subject begins the text', () => {
    expect(subjectSpan(words, 'New York is in', 'New York')).toEqual({ first: 1, last: 2 });
    expect(subjectSpan(words, 'Rome is in', 'Rome')).toEqual({ first: 1, last: 1 });
  });

  it('takes a token that holds the beginning of the subject beside something else', () => {
    expect(subjectSpan(words, 'the "Mona Lisa is by', 'Mona Lisa')).toEqual({ first: 2, last: 3 });
  });

  it('is undefined where the text does not name the subject', () => {
    expect(subjectSpan(words, 'Paris is here', 'Rome')).toBeUndefined();
  });
});
