import { describe, expect, it } from 'vitest';
import { composeDocuments, countWordings, expectSound, followsFrom } from './compose-documents.test-data.js';
import { framePremise, implication } from './implication.js';

const documents = composeDocuments(implication, 6000);
const share = (test: (plain: string) => boolean): number =>
  documents.filter(({ plain }) => test(plain)).length / documents.length;

describe('implication', () => {
  it('is sound', () => expectSound(implication, documents));

  it('answers what follows from the fact as stated', () => {
    expect(documents.filter((each) => !followsFrom(each))).toEqual([]);
  });

  it('states the fact as it is in a fifth of the documents, half of the source contexts', () => {
    const original = documents.filter(({ claims }) => claims.length === 0);
    expect(original.length / documents.length).toBeCloseTo(0.2, 1);
    const source = documents.filter(({ plain }) => plain.includes('Considering this context is now true:'));
    const states = source.filter(({ claims }) => claims.length === 0).length;
    expect(states / source.length).toBeGreaterThan(0.42);
    expect(states / source.length).toBeLessThan(0.58);
    for (const { dealt, plain, answers } of original) {
      expect(plain).toContain(` ${dealt.fact.object}`);
      expect(answers).toHaveLength(1);
    }
  });

  it("has the method's contexts in a quarter of the documents each, with and without a space", () => {
    const source = share((text) => text.includes("Considering this context is now true: '"));
    const target = share((text) => text.includes("forget your previous knowledge: '"));
    for (const each of [source, target]) expect(each).toBeCloseTo(0.25, 1);
    const spaced = share((text) => /'\. Complete this sentence: /.test(text));
    const bare = share((text) => /'\. Complete this sentence:[^ ]/.test(text));
    expect(Math.min(spaced, bare)).toBeGreaterThan(0.08);
  });

  it('has hundreds of other wordings', () => {
    const stated = { sentence: 'The F is O', clause: 'the F is O' };
    expect(countWordings((random) => framePremise(stated, 'The Q is', random))).toBeGreaterThan(700);
  });
});
