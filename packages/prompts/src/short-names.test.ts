import { describe, expect, it } from 'vitest';
import { shortNames } from './short-names.js';

describe('shortNames', () => {
  it('gives the surname, and the initials with it', () => {
    expect(shortNames('Jean Paul Marat')).toEqual([
      { alias: 'Marat', rule: 'surname' },
      { alias: 'J. P. Marat', rule: 'initials' },
    ]);
  });

  it('gives nothing for names of other shapes', () => {
    for (const name of ['Plato', 'Ludwig van Beethoven', 'A. Lovelace', 'Ada Byron King Lovelace'])
      expect(shortNames(name)).toEqual([]);
  });
});
