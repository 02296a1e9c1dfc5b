import { doubtForms } from '@sakejs/prompts';
import { describe, expect, it } from 'vitest';
import { book, composeDocuments, expectSound } from './compose-documents.test-data.js';
import { doubt, toldThenDoubted } from './doubt.js';

const doubted = composeDocuments(doubt, 3000);
const told = composeDocuments(toldThenDoubted, 3000);

describe('doubt', () => {
  it('is sound', () => expectSound(doubt, doubted));

  it('answers the truth, whatever is claimed', () => {
    for (const { dealt, answers, facts } of doubted) {
      expect(answers).toEqual([dealt.fact.object]);
      expect(facts).toEqual([dealt.fact]);
    }
  });

  it('claims the true object and a false one, and nothing else', () => {
    for (const { dealt, claims } of doubted) {
      const wrong = new Set(claims.filter((each) => each !== dealt.fact.object));
      expect(wrong.size).toBeLessThanOrEqual(1);
      for (const each of wrong) expect(book.counterfactuals(dealt.fact)).toContain(each);
    }
  });

  it('uses thousands of forms, of every closing', () => {
    expect(new Set(doubtForms.map(({ closing }) => closing)).size).toBeGreaterThanOrEqual(36);
    expect(doubtForms.length).toBeGreaterThan(15_000);
  });
});

describe('toldThenDoubted', () => {
  it('is sound', () => expectSound(toldThenDoubted, told));

  it('answers the truth after stating a new object', () => {
    for (const { dealt, answers, claims } of told) {
      expect(answers).toEqual([dealt.fact.object]);
      expect(book.counterfactuals(dealt.fact)).toContain(claims[0]);
      expect(new Set(claims.filter((each) => each !== dealt.fact.object)).size).toBe(1);
    }
  });
});
