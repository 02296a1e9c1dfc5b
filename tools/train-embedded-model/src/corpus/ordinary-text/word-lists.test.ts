import { createRandom, SakeError } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { adjectives, moods } from './describing-words.js';
import { compileFrame } from './frame.js';
import { inflectNoun, inflectVerb, withArticle } from './inflection.js';
import { personName, speciesName, townName } from './made-up-names.js';
import { massNouns, nouns } from './nouns.js';
import { clauseFrames, completeFrames } from './sentence-frames.js';
import { verbLists } from './verbs.js';

describe('word lists', () => {
  it('hold 400 nouns, 250 verbs and 200 adjectives, all different', () => {
    expect(new Set([...Object.values(nouns).flat(), ...massNouns]).size).toBeGreaterThanOrEqual(400);
    expect(new Set(Object.values(verbLists).flat().map(({ base }) => base)).size).toBeGreaterThanOrEqual(250); // prettier-ignore
    expect(new Set([...adjectives, ...moods]).size).toBeGreaterThanOrEqual(200);
  });
  it('name every entry of a list once', () => {
    for (const words of [...Object.values(nouns), massNouns, adjectives, moods])
      expect(words.filter((word, at) => words.indexOf(word as never) !== at)).toEqual([]);
  });
  it('fill 150 frames or more', () => {
    expect(clauseFrames.length + completeFrames.length).toBeGreaterThanOrEqual(300);
  });
});

describe('inflectVerb', () => {
  it.each([
    ['carry', ['carries', 'carried', 'carried', 'carrying']],
    ['stir+', ['stirs', 'stirred', 'stirred', 'stirring']],
    ['hide/hid/hidden', ['hides', 'hid', 'hidden', 'hiding']],
    ['dig/dug/dug', ['digs', 'dug', 'dug', 'digging']],
    ['tie', ['ties', 'tied', 'tied', 'tying']],
    ['push', ['pushes', 'pushed', 'pushed', 'pushing']],
  ])('inflects %s', (entry, [third, past, participle, gerund]) => {
    expect(inflectVerb(entry)).toMatchObject({ third, past, participle, gerund });
  });
});

describe('inflectNoun', () => {
  it.each([
    ['battery', 'batteries'],
    ['brush', 'brushes'],
    ['goose/geese', 'geese'],
    ['key', 'keys'],
    ['chairman', 'chairmen'],
  ])('gives the plural of %s', (entry, plural) => expect(inflectNoun(entry).plural).toBe(plural));
});

describe('withArticle', () => {
  it.each([
    'an oven',
    'a useful map',
    'an umbrella',
    'a uniform',
    'an honest clerk',
    'a unanimous vote',
    'a hat',
  ])('gives %s', (text) => expect(withArticle(text.replace(/^an? /, ''))).toBe(text));
});

describe('compileFrame', () => {
  it('fills every slot, with article or capital where asked', () => {
    expect(compileFrame('{a:mass}, {cap:mass}!')(createRandom(1))).toMatch(/^an? \w+, [A-Z]\w+!$/);
  });
  it('refuses an unknown slot or change', () => {
    for (const source of ['{nothing}', '{upper:mass}']) expect(() => compileFrame(source)).toThrow(SakeError);
  });
});

describe('made-up names', () => {
  it('are nearly all different', () => {
    const random = createRandom(3);
    const count = 50_000;
    const distinct = (draw: () => string): number => new Set(Array.from({ length: count }, draw)).size;
    expect(distinct(() => personName(random))).toBeGreaterThan(0.95 * count);
    expect(distinct(() => townName(random))).toBeGreaterThan(1000);
    expect(distinct(() => speciesName(random))).toBeGreaterThan(10_000);
  });
});
