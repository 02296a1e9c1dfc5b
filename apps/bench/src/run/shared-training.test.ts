import { loadPromptSource } from 'sakejs';
import { describe, expect, it } from 'vitest';
import { loadSuites } from '../bench-suites.js';
import { sharedTraining, type SharedTrainingOptions } from './shared-training.js';

const suite = loadSuites(['counterfact'], { split: 'dev', limit: 30, covered: false, seed: 0 })[0]!;
const options: SharedTrainingOptions = { edits: 5, prompts: loadPromptSource(), seed: 0 };
const lm = undefined as never; // is not looked at

/** Words in lower case, so that punctuation and case do not tell texts apart. */
const words = (text: string): string =>
  text
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)!
    .join(' ');

describe('sharedTraining', () => {
  it('has edits of facts that no case edits or names, as many as asked for', async () => {
    const items = await sharedTraining(suite, options).learnFrom(lm, undefined);
    expect(items).toHaveLength(5);
    const asked = suite.cases.flatMap(({ request, queries }) => [
      request.subject,
      ...queries.map(({ prompt }) => prompt),
    ]);
    for (const { request } of items)
      expect(asked.filter((text) => text.includes(request.subject))).toEqual([]);
  });

  it('words nothing as a test prompt of any case is worded, whoever is asked of', async () => {
    const items = await sharedTraining(suite, options).learnFrom(lm, undefined);
    const tests = suite.cases.flatMap(({ request, withheld }) =>
      withheld
        .filter((text) => text.includes(request.subject))
        .map((text) => ({ text, subject: request.subject })),
    );
    expect(tests.length).toBeGreaterThan(50);
    for (const { request, prompts } of items) {
      const texts = prompts.prompts.slice(1).map(words); // behind the request's own, which is no test's to withhold
      for (const { text, subject } of tests)
        expect(texts).not.toContain(words(text.replaceAll(subject, request.subject)));
    }
  });

  it('is told from other trainings by what it depends on', () => {
    const print = (changes: Partial<SharedTrainingOptions>): string =>
      sharedTraining(suite, { ...options, ...changes }).fingerprint;
    expect(print({})).toBe(print({}));
    expect(new Set([print({}), print({ edits: 6 }), print({ seed: 1 })]).size).toBe(3);
    const fewer = { ...suite, cases: suite.cases.slice(1) };
    expect(sharedTraining(fewer, options).fingerprint).not.toBe(print({}));
  });
});
