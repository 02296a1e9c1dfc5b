import { describe, expect, it } from 'vitest';
import { announce } from './announcements.js';
import {
  book,
  composeDocuments,
  countWordings,
  expectSound,
  followsFrom,
} from './compose-documents.test-data.js';
import { frameImagined, imagined } from './imagined.js';

const documents = composeDocuments(imagined, 4000);
const stated = { sentence: 'The F is O', clause: 'the F is O' };

describe('imagined', () => {
  it('is sound', () => expectSound(imagined, documents));

  it('answers with the new object, what follows from it, or the truth where the question is unrelated', () => {
    expect(documents.filter((each) => each.claims.length !== 1)).toEqual([]);
    expect(documents.filter((each) => !followsFrom(each))).toEqual([]);
    const direct = documents.filter(({ facts }) => facts.length === 1);
    expect(direct.filter(({ claims, answers }) => answers[0] !== claims[0])).toEqual([]);
    const hops = documents.filter(({ claims, facts: [, other] }) => other?.subject === claims[0]);
    expect(hops.length).toBeGreaterThan(100);
    expect(hops.filter(({ facts, answers }) => answers[0] !== facts[1]!.object)).toEqual([]);
    const siblings = documents.filter(
      ({ dealt: { fact }, facts: [, other] }) => other && book.siblings(fact).includes(other),
    );
    expect(siblings.length).toBeGreaterThan(20);
    expect(siblings.filter(({ facts, answers }) => answers[0] !== facts[1]!.object)).toEqual([]);
  });

  it('imagines in the published form about 40 % of the time', () => {
    const published = documents.filter(({ plain }) => /(^|[.!?…"] )Imagine that /u.test(plain)).length;
    expect(published / documents.length).toBeGreaterThan(0.38);
    expect(published / documents.length).toBeLessThan(0.5);
  });

  it('has hundreds of other wordings', () => {
    expect(countWordings((random) => announce(stated, random))).toBeGreaterThan(300);
    expect(countWordings((random) => frameImagined(stated, 'The Q is', false, random))).toBeGreaterThan(800);
    expect(countWordings((random) => frameImagined(stated, 'What is Q?', true, random))).toBeGreaterThan(800);
  });
});
