import { describe, expect, it } from 'vitest';
import { clauses, containsWording, maskSubject, normalizeWording, words } from './wording.js';

describe('words', () => {
  it('are runs of letters, marks and digits in lower case, and {}', () => {
    expect(words("{}'s Élan: R2-D2 (नमस्ते), 10%")).toEqual(['{}', 's', 'élan', 'r2', 'd2', 'नमस्ते', '10']);
  });
});

describe('normalizeWording', () => {
  it('makes composed and decomposed letters the same', () => {
    expect(normalizeWording('Cafe\u0301,  THE ')).toBe(normalizeWording('café the'));
  });
});

describe('containsWording', () => {
  it('finds whole words only, and nothing in an empty part', () => {
    expect(containsWording('the capital of peru', 'capital of')).toBe(true);
    expect(containsWording('the capital of peru', 'capital o')).toBe(false);
    expect(containsWording('the capital', '')).toBe(false);
  });
});

describe('maskSubject', () => {
  it('replaces whole-word mentions, whatever their case', () => {
    expect(maskSubject("PERU's and Peru, not Peruvian or Imperu", 'Peru')).toBe(
      "{}'s and {}, not Peruvian or Imperu",
    );
  });

  it('takes pattern characters, hyphens and letters beyond the first plane literally', () => {
    expect(maskSubject('Is C++ (1.0) like C++ (1x0)?', 'C++ (1.0)')).toBe('Is {} like C++ (1x0)?');
    expect(maskSubject('Jean-Luc Godard', 'Jean-Luc')).toBe('{} Godard');
    expect(maskSubject('\u{10400}Peru Peru\u{10400} Peru', 'Peru')).toBe('\u{10400}Peru Peru\u{10400} {}');
  });
});

describe('clauses', () => {
  it('splits at sentence marks, colons and line ends, outside the subject', () => {
    expect(clauses('It rained. Q: Where is St. Lucia?\nA: In', 'St. Lucia')).toEqual([
      'it rained',
      'q',
      'where is {}',
      'a',
      'in',
    ]);
  });
});
