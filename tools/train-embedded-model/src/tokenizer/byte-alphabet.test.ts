import { describe, expect, it } from 'vitest';
import { BYTE_CHARACTERS, fromByteCharacters, toByteCharacters } from './byte-alphabet.js';

describe('BYTE_CHARACTERS', () => {
  it('gives each byte a character of its own, none of them white space', () => {
    expect(new Set(BYTE_CHARACTERS).size).toBe(256);
    expect(BYTE_CHARACTERS.filter((character) => /\s/u.test(character))).toEqual([]);
  });
  it('shows letters as themselves, a space as Ġ and a newline as Ċ', () => {
    expect(toByteCharacters('aé b\n')).toBe('aÃ©ĠbĊ');
  });
});

describe('fromByteCharacters', () => {
  it('inverts toByteCharacters', () => {
    const text = 'naïve \u{1F600} 東京\t';
    expect(new TextDecoder().decode(fromByteCharacters(toByteCharacters(text)))).toBe(text);
  });
  it('is undefined for a character that stands for no byte', () => {
    expect(fromByteCharacters('a b')).toBeUndefined();
  });
});
