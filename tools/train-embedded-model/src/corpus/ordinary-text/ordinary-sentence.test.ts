import { facts } from '@sakejs/facts';
import { reservedTestSentences } from '@sakejs/prompts';
import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { keptOutStrings } from './kept-out.js';
import { ordinarySentence } from './ordinary-sentence.js';

const SENTENCES = 20_000;
const random = createRandom('ordinary-sentence.test');
const sentences = Array.from({ length: SENTENCES }, () => ordinarySentence(random));

/** Words without the marks around them, as they stand. */
function bareWords(text: string): string[] {
  return text.split(' ').map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''));
}

function runs(words: readonly string[], size: number): string[] {
  return words.slice(size - 1).map((_, at) => words.slice(at, at + size).join(' '));
}

const bare = sentences.map(bareWords);

describe('ordinarySentence', () => {
  it('is a pure function of the random stream', () => {
    const again = createRandom('ordinary-sentence.test');
    for (let at = 0; at < 500; at++) expect(ordinarySentence(again)).toBe(sentences[at]);
    expect(ordinarySentence(createRandom('another seed'))).not.toBe(sentences[0]);
  });

  it('starts with a capital, a digit or a quotation mark and ends with an end mark', () => {
    expect(sentences.filter((sentence) => !/^[\p{Lu}\p{N}"][^\n]*[.!?]$/u.test(sentence))).toEqual([]);
  });

  it('holds no brace, no control character, no double space and no empty slot', () => {
    // eslint-disable-next-line no-control-regex
    const broken = /[{}\u0000-\u001f]|\s\s|undefined|[_+]| [,.;:!?]/;
    expect(sentences.filter((sentence) => broken.test(sentence))).toEqual([]);
  });

  it('closes every quotation mark and bracket', () => {
    const count = (text: string, mark: string): number => text.split(mark).length - 1;
    const open = sentences.filter(
      (text) => count(text, '"') % 2 !== 0 || count(text, '(') !== count(text, ')'),
    );
    expect(open).toEqual([]);
  });

  it('uses a before consonants and an before vowels', () => {
    const wrong = /(?<!\p{L})(a [aeio]|an [bcdfgjklmnpqrstvwxz]|an uni|a um|a un[^ai])/iu;
    expect(sentences.filter((sentence) => wrong.test(sentence))).toEqual([]);
  });

  it('is nearly always another', () => {
    expect(new Set(sentences).size).toBeGreaterThanOrEqual(0.95 * SENTENCES);
  });

  it('uses thousands of words, names apart', () => {
    const all = new Set(bare.flat().map((word) => word.toLowerCase()));
    expect(all.size).toBeGreaterThanOrEqual(3000);
    const common = new Set(bare.flatMap((words) => words.slice(1)).filter((word) => /^[a-z]+$/.test(word)));
    expect(common.size).toBeGreaterThanOrEqual(1500);
  });

  it('has 6 to 25 words on average, and both short and long ones', () => {
    const lengths = sentences.map((sentence) => sentence.split(' ').length);
    const mean = lengths.reduce((sum, length) => sum + length, 0) / SENTENCES;
    expect(mean).toBeGreaterThan(6);
    expect(mean).toBeLessThan(25);
    expect(lengths.filter((length) => length <= 5).length).toBeGreaterThan(0.03 * SENTENCES);
    expect(lengths.filter((length) => length >= 18).length).toBeGreaterThan(0.05 * SENTENCES);
  });

  it('shares no run of four words with a reserved test sentence', () => {
    const lower = (text: string): string[] => bareWords(text.toLowerCase());
    const reserved = new Set(reservedTestSentences.flatMap((sentence) => runs(lower(sentence), 4)));
    expect(sentences.flatMap((text) => runs(lower(text), 4)).filter((run) => reserved.has(run))).toEqual([]);
  });

  it('holds no words of the doubts that the evaluation uses', () => {
    expect(sentences.filter((text) => keptOutStrings.some((string) => text.includes(string)))).toEqual([]);
  });

  it('names no subject of two words or more', () => {
    const subjects = new Set(facts().map(({ subject }) => bareWords(subject).join(' ')));
    const named = bare.flatMap((words) => [2, 3, 4, 5, 6].flatMap((size) => runs(words, size)));
    expect(named.filter((run) => subjects.has(run))).toEqual([]);
  });

  it('names no country, language, religion, continent or city, and no sport, position or instrument', () => {
    const named = ['P17', 'P27', 'P103', 'P140', 'P30', 'P37', 'P36', 'P19', 'P20', 'P641', 'P413', 'P1303'];
    const objects = new Set(
      facts()
        .filter(({ relation, object }) => named.includes(relation) && object.length > 1)
        .map(({ object }) => object),
    );
    expect([...new Set(bare.flat().filter((word) => objects.has(word)))]).toEqual([]);
  });
});
