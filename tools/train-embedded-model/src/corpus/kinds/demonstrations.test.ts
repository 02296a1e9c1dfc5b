import { describe, expect, it } from 'vitest';
import { book, composeDocuments, expectSound } from './compose-documents.test-data.js';
import { demonstrations } from './demonstrations.js';

const documents = composeDocuments(demonstrations, 3000);

describe('demonstrations', () => {
  it('is sound', () => expectSound(demonstrations, documents));

  it('shows two to eight changed facts, each with a marked answer', () => {
    const counts = documents.map(({ answers }) => answers.length);
    expect(Math.min(...counts)).toBe(2);
    expect(Math.max(...counts)).toBe(8);
    expect(new Set(counts).size).toBe(7);
    expect(documents.filter(({ answers, claims }) => answers.length !== claims.length)).toEqual([]);
  });

  it('ends with the dealt fact, the others being of other facts', () => {
    for (const { dealt, plain, claims } of documents) {
      const stated = `${dealt.pattern.replace('{}', () => dealt.subject)} ${claims.at(-1)!}`;
      expect(plain.lastIndexOf(stated)).toBeGreaterThan(plain.lastIndexOf('\n\n'));
      expect(book.counterfactuals(dealt.fact)).toContain(claims.at(-1));
    }
  });

  it('keeps one layout in a document, the published one about 40 % of the time', () => {
    const published = documents.filter(({ plain }) => plain.includes('New Fact: '));
    expect(published.length / documents.length).toBeCloseTo(0.4, 1);
    for (const { plain, answers } of published)
      expect(plain.match(/New Fact: .*\nPrompt: /g)).toHaveLength(answers.length);
  });

  it('answers copies and updates by the new object or what follows from it, and retains the truth otherwise', () => {
    const answersOf = documents.flatMap(({ answers, claims, facts }) =>
      answers.map((answer, i) => ({
        isNew: answer === claims[i],
        isTrue: facts.some((each) => each.object === answer),
      })),
    );
    expect(answersOf.filter(({ isNew, isTrue }) => !isNew && !isTrue)).toEqual([]);
    const copied = answersOf.filter(({ isNew }) => isNew).length / answersOf.length;
    expect(copied).toBeGreaterThan(0.5);
    expect(copied).toBeLessThan(0.9);
  });
});
