import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { anyPhrasing, promptOf } from '../fact-book.js';
import { firstDataset } from '../first-dataset.test-data.js';
import { book } from './compose-documents.test-data.js';
import { drawOriginalCase } from './original-case.js';

const random = createRandom('cases');
const cases = book.facts
  .filter((fact) => !book.isKeptOut(fact))
  .flatMap((fact) =>
    Array.from({ length: 8 }, () => {
      const dealt = anyPhrasing(fact, 'statements', book, random);
      return { dealt, ...drawOriginalCase(dealt, book, random) };
    }),
  );

describe('drawOriginalCase', () => {
  it('states the fact as it is and answers truthfully', () => {
    for (const { dealt, original, asked, answer, facts } of cases) {
      expect(original).toBe(`${promptOf(dealt)} ${dealt.fact.object}`);
      expect(answer).toBe(asked.fact.object);
      expect(facts[0]).toBe(dealt.fact);
      expect(facts.filter((fact) => book.isKeptOut(fact))).toEqual([]);
    }
  });

  it('asks two hops of shown compositions with the stated fact only', () => {
    const hops = cases.filter(({ asked }) => asked.facts.length > 1);
    expect(hops.length).toBeGreaterThan(50);
    for (const { dealt, asked } of hops) {
      expect(asked.facts).toContain(dealt.fact);
      const shown = firstDataset.compositions.some(
        ({ first, second, shown }) => shown && first === asked.facts[0] && second === asked.facts[1],
      );
      expect(shown).toBe(true);
    }
  });

  it('asks other facts too', () => {
    const others = cases.filter(({ asked, dealt }) => !asked.facts.includes(dealt.fact)).length;
    expect(others / cases.length).toBeCloseTo(0.15, 1);
  });
});
