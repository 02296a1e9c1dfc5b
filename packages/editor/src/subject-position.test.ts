import { describe, expect, it } from 'vitest';
import { subjectPosition } from './subject-position.js';

/** A tokenizer that takes the longest piece it knows, else one character. */
function tokenizer(...known: string[]): {
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
} {
  const table = new Map(known.map((piece, index) => [piece, 0x110000 + index]));
  return {
    encode: (text) => {
      const ids: number[] = [];
      for (let at = 0; at < text.length;) {
        const piece = known
          .filter((candidate) => text.startsWith(candidate, at))
          .sort((a, b) => b.length - a.length)[0];
        ids.push(piece === undefined ? text.charCodeAt(at) : table.get(piece)!);
        at += piece?.length ?? 1;
      }
      return ids;
    },
    decode: (ids) => ids.map((id) => known[id - 0x110000] ?? String.fromCharCode(id)).join(''),
  };
}

describe('subjectPosition', () => {
  it('is the last token of the last mention', () => {
    const lm = tokenizer('Rome', ' is', ' not', ' here');
    expect(subjectPosition(lm, 'Rome is not Rome is here', 'Rome')).toBe(
      lm.encode('Rome is not Rome').length - 1,
    );
  });

  it('is undefined where the text does not name the subject', () => {
    expect(subjectPosition(tokenizer(), 'Paris is here', 'Rome')).toBeUndefined();
    expect(subjectPosition(tokenizer(), 'Paris is here', '')).toBeUndefined();
  });

  it('finds a mention at the start and at the end of the text', () => {
    expect(subjectPosition(tokenizer('Rome'), 'Rome', 'Rome')).toBe(0);
    expect(subjectPosition(tokenizer('Rome'), 'in Rome', 'Rome')).toBe(3);
  });

  it('takes the token that merges the end of the subject with what follows', () => {
    expect(subjectPosition(tokenizer('Jame', "s'"), "James' dog", 'James')).toBe(1);
  });

  it('reaches the end of a subject that is cut otherwise in the whole text', () => {
    const lm = {
      encode: (text: string) => (text === 'xabc' ? [9, 12, 3] : [9, 1, 23, 4]),
      decode: (ids: readonly number[]) =>
        ids.map((id) => ({ 9: 'x', 12: 'ab', 3: 'c', 1: 'a', 23: 'bc', 4: '.' })[id] ?? '').join(''),
    };
    expect(subjectPosition(lm, 'xabc.', 'abc')).toBe(2);
  });

  it('passes over a later mention inside a longer word', () => {
    const lm = tokenizer();
    expect(subjectPosition(lm, 'Al said: Also', 'Al')).toBe(1);
  });

  it('takes a mention inside a longer word where there is no other', () => {
    expect(subjectPosition(tokenizer(), '東京都は', '東京')).toBe(1);
  });
});
