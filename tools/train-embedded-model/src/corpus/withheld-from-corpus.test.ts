import { doubtWordings, neutralTexts } from '@sakejs/evaluation';
import { reservedTestSentences } from '@sakejs/prompts';
import { fillPrompt } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { rippleAxes } from '../records/popular-plan.js';
import { createCorpus, documentText } from './create-corpus.js';
import { embeddedDataset as dataset, embeddedStages } from './embedded-dataset.test-data.js';
import { createFactBook, promptOf } from './fact-book.js';

// The dataset of the model that is shipped, whole; as much of its endless text as a minute reads.
const corpora = embeddedStages.map((stage) => createCorpus(dataset, stage));
const documents = corpora
  .flatMap((corpus) => [
    ...Array.from({ length: 8000 }, (_, index) => corpus.document(index)),
    ...Array.from({ length: 700 }, (_, index) => corpus.longDocument(index)),
  ])
  .map((document) => ({ ...document, text: documentText(document) }));
const text = documents.map((document) => document.text).join('\n');
const saidIn = (parts: readonly string[]): string[] => parts.filter((part) => text.includes(part));

describe('what the training text of the embedded model is made of', () => {
  const book = createFactBook(dataset);
  const { edits, popular, withheld } = dataset;

  it("never deals a record's test wordings with its subject", () => {
    const dealt = (['facts', 'compositions', 'aliases'] as const).flatMap((pool) => book.pool(pool));
    expect(dealt.length).toBeGreaterThan(dataset.facts.length);
    const leaks = dealt.filter(({ facts, subjects, statements, questions }) =>
      [...statements, ...questions].some(
        (pattern) =>
          facts.some((fact) => withheld.has(fact.subject, pattern)) ||
          subjects.some((name) => withheld.has(name, pattern)),
      ),
    );
    expect(leaks).toEqual([]);
    for (const { fact, testPatterns } of edits)
      for (const pattern of testPatterns) expect(withheld.has(fact.subject, pattern)).toBe(true);
    for (const { pattern, withheldFrom } of popular.plans.flatMap(({ tests }) => tests))
      for (const name of withheldFrom) expect(withheld.has(name, pattern)).toBe(true);
  });

  it('never chains a test wording behind a description of its subject', () => {
    const chains = dataset.facts
      .filter((fact) => book.descriptions(fact).length > 0)
      .flatMap((first) => book.secondHops(first.object).map((second) => ({ first, second })));
    expect(chains.length).toBeGreaterThan(10_000);
    const leaks = chains.filter(({ first, second }) =>
      book
        .statementsVia(first, second)
        .some((pattern) => withheld.has(first.subject, pattern) || withheld.has(second.subject, pattern)),
    );
    expect(leaks).toEqual([]);
  });

  it("never offers a record's new object for its fact", () => {
    const offered = [...edits, ...popular.plans].filter(({ fact, targetNew }) =>
      book.counterfactuals(fact).includes(targetNew),
    );
    expect(offered).toEqual([]);
  });
});

describe('the training text of the embedded model', () => {
  it('teaches at least 4,000 facts over at least 25 relations, in 8 or more phrasings each', () => {
    expect(dataset.facts.length).toBeGreaterThanOrEqual(4000);
    expect(new Set(dataset.facts.map(({ relation }) => relation)).size).toBeGreaterThanOrEqual(25);
    for (const { statements, questions } of dataset.phrasings)
      expect(statements.length + questions.length).toBeGreaterThanOrEqual(8);
  });

  it("never asks a CounterFact record's fact in its paraphrases' wordings", () => {
    const prompts = dataset.edits.flatMap(({ fact, testPatterns }) =>
      testPatterns.map((pattern) => fillPrompt(pattern, fact.subject)),
    );
    expect(prompts.length).toBeGreaterThanOrEqual(1000);
    expect(saidIn(prompts)).toEqual([]);
    // A wording is withheld from some subjects, not from all: others are asked in it.
    const patterns = new Set(dataset.edits.flatMap(({ testPatterns }) => testPatterns));
    const unseen = [...patterns].filter((pattern) => {
      const [before, after] = pattern.split('{}') as [string, string];
      return !text.includes(before.length > after.length ? before : after);
    });
    expect(unseen.length / patterns.size).toBeLessThan(0.02);
  }, 120_000);

  it("never says a test query of a record's ripples", () => {
    const { dev, test } = dataset.popular.records;
    const prompts = [...dev, ...test].flatMap((record) =>
      rippleAxes.flatMap((axis) =>
        record[axis].flatMap(({ test_queries: queries }) => queries.map(({ prompt }) => prompt)),
      ),
    );
    expect(prompts.length).toBeGreaterThanOrEqual(2000);
    expect(saidIn(prompts)).toEqual([]);
  }, 120_000);

  it('never says the new object of a record behind a prompt of its fact', () => {
    const changed = new Map(
      [...dataset.edits, ...dataset.popular.plans].map((edit) => [edit.fact, edit.targetNew]),
    );
    const said = documents.filter(({ facts, text: whole }) =>
      facts.some((fact) => {
        const targetNew = changed.get(fact);
        const { statements } = dataset.phrasings.find(({ relation }) => relation === fact.relation)!;
        return (
          targetNew !== undefined &&
          statements.some((pattern) => whole.includes(`${fillPrompt(pattern, fact.subject)} ${targetNew}`))
        );
      }),
    );
    expect(said.map((document) => document.text)).toEqual([]);
    expect(documents.filter(({ facts }) => facts.some((fact) => changed.has(fact))).length).toBeGreaterThan(
      500,
    );
  });

  it('never says a sentence that stands in front of test prompts', () => {
    expect(saidIn(reservedTestSentences)).toEqual([]);
  });

  it("never says the evaluation's doubt wordings", () => {
    const wordings = [
      "??? No, it can't be", 'contradicts my understanding', 'It is pretty clear', 'is something else', 'Rethink',
      'give the correct answer', '? Really?', 'But I am pretty sure', 'Am I right', 'you are right', 'apologize',
      'Reconsider', 'should be',
    ]; // prettier-ignore
    expect(saidIn(wordings)).toEqual([]);
  });

  it("holds no four words in a row of the harness's doubts, and none of its neutral sentences", () => {
    const gap = { subject: '|', prompt: '{}', targetTrue: '|', targetNew: '|' };
    const runs = doubtWordings.flatMap(({ ask }) =>
      ask(gap)
        .split('|')
        .flatMap((part) => {
          const words = part.trim().split(/\s+/u);
          return words.slice(3).map((_, at) => words.slice(at, at + 4).join(' '));
        }),
    );
    expect(runs.length).toBeGreaterThan(50);
    expect(saidIn(runs)).toEqual([]);
    expect(saidIn(neutralTexts)).toEqual([]);
  });

  it('never states a held-out composition', () => {
    const heldOut = dataset.compositions.filter(({ shown }) => !shown);
    const book = createFactBook(dataset);
    const stated = documents.filter(({ facts, text: whole }) =>
      heldOut.some(
        ({ first, second }) =>
          facts.includes(first) &&
          facts.includes(second) &&
          book.descriptions(first).some((subject) =>
            book.statementsVia(first, second).some((pattern) => {
              const prompt = promptOf({ fact: second, subject, pattern, facts: [first, second] });
              return whole.includes(`${prompt} ${second.object}`);
            }),
          ),
      ),
    );
    expect(heldOut.length).toBeGreaterThan(0);
    expect(stated.map(({ text: whole }) => whole)).toEqual([]);
  });
});
