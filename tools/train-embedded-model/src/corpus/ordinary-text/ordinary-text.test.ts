import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { isKeptOut } from './kept-out.js';
import { ordinaryFragment } from './ordinary-fragment.js';
import { ordinaryText } from './ordinary-text.js';

const COUNT = 5000;
const random = createRandom('ordinary-text.test');
const fragments = Array.from({ length: COUNT }, () => ordinaryFragment(random));
const texts = Array.from({ length: COUNT }, () => ordinaryText(random, { sentences: 3 }));
// eslint-disable-next-line no-control-regex
const broken = /[{}\u0000-\u001f]|\s\s|undefined|^\s|\s$|^$/;

describe('ordinaryFragment', () => {
  it('is a pure function of the random stream', () => {
    const again = createRandom('ordinary-text.test');
    for (let at = 0; at < 500; at++) expect(ordinaryFragment(again)).toBe(fragments[at]);
  });

  it('holds no brace, control character or empty slot', () => {
    expect(fragments.filter((fragment) => broken.test(fragment) || isKeptOut(fragment))).toEqual([]);
  });

  it('takes many shapes', () => {
    const shapes = {
      span: /\(\d{4}–\d{4}\)/,
      result: / \d+–\d+/,
      heading: /^Early life and career$/,
      reference: /^See also: /,
      title: /^".+"/,
      acronym: /^[A-Z]{3,5}$/,
      diacritics: /[ñøþłšęấåéùūāē]/,
      semicolon: /;/,
      percentage: /%/,
      unfinished: /[\p{L}]$/u,
      lowerCase: /^\p{Ll}/u,
      initials: /^\p{Lu}\. \p{Lu}\. /u,
    };
    for (const [name, shape] of Object.entries(shapes))
      expect([name, fragments.some((fragment) => shape.test(fragment))]).toEqual([name, true]);
  });

  it('is another nine times out of ten', () => {
    expect(new Set(fragments).size).toBeGreaterThan(0.9 * COUNT);
  });
});

describe('ordinaryText', () => {
  it('is a pure function of the random stream', () => {
    const draw = (): string => ordinaryText(createRandom(7), { sentences: 4 });
    expect(draw()).toBe(draw());
    expect(draw()).not.toBe(ordinaryText(createRandom(8), { sentences: 4 }));
  });

  it('joins its parts by single spaces and holds nothing kept out', () => {
    expect(texts.filter((text) => broken.test(text) || isKeptOut(text))).toEqual([]);
  });

  it('consists of whole sentences when fragments are switched off', () => {
    for (let at = 0; at < 500; at++)
      expect(ordinaryText(random, { sentences: 2, fragments: 0 })).toMatch(/^[\p{Lu}\p{N}"].*[.!?]$/u);
  });

  it('grows with the number of sentences', () => {
    const words = (sentences: number): number =>
      Array.from({ length: 300 }, () => ordinaryText(random, { sentences }).split(' ').length).reduce(
        (a, b) => a + b,
      );
    expect(words(6)).toBeGreaterThan(3 * words(1));
  });
});
