import { neutralSentences, reservedTestSentences } from '@sakejs/prompts';
import { fillPrompt } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { createCorpus, documentText, type TrainingDocument } from './create-corpus.js';
import { defaultPlan, type CorpusPlan, type DocumentKindName } from './document-kinds.js';
import { createFactBook } from './fact-book.js';
import { firstDataset } from './first-dataset.test-data.js';
import { BLOCK } from './kind-schedule.js';
import { allPairs } from './training-pairs.js';

const corpus = createCorpus(firstDataset);
const DOCUMENTS = 30_000;
const documents: TrainingDocument[] = Array.from({ length: DOCUMENTS }, (_, index) => corpus.document(index));
const texts = documents.map(documentText);
const { edits, facts, keptOut, records, phrasings } = firstDataset;
const isSteering = ({ kind }: TrainingDocument): boolean =>
  kind === 'steering' || kind === 'steeringQuestion';
const asking = documents.filter(({ kind }) => kind !== 'neutral');

/** A plan of one kind. */
function only(kind: DocumentKindName): CorpusPlan {
  const entries = Object.keys(defaultPlan).map((name) => [name, name === kind ? 1 : 0]);
  return Object.fromEntries(entries) as CorpusPlan;
}

/** Which of the parts stand in any of the texts. */
function holds(within: readonly string[], parts: readonly string[]): string[] {
  const joined = within.join('\n');
  return parts.filter((part) => joined.includes(part));
}

describe('createCorpus', () => {
  it('is a pure function of seed and index', () => {
    const again = createCorpus(firstDataset);
    for (const index of [29_999, 7, 12_345, 0, 800, 799])
      expect(again.document(index)).toEqual(documents[index]);
    expect(createCorpus(firstDataset, { seed: 2 }).document(7)).not.toEqual(documents[7]);
  });
  it('never shows a test phrasing with its subject', () => {
    const filled = edits.flatMap(({ fact, testPatterns }) =>
      testPatterns.map((each) => fillPrompt(each, fact.subject)),
    );
    expect(filled.length).toBe(2 * edits.length);
    expect(holds(texts, filled)).toEqual([]);
    const tests = [...records.dev, ...records.test].flatMap((record) => record.paraphrase_prompts);
    expect(filled.every((prompt) => tests.some((test) => test.endsWith(` ${prompt}`)))).toBe(true);
  });
  it('may show every other phrasing, the request prompts among them', () => {
    const book = createFactBook(firstDataset);
    for (const { fact, prompt, testPatterns } of edits) {
      expect(book.statements(fact)).toContain(prompt);
      for (const pattern of testPatterns) expect(book.statements(fact)).not.toContain(pattern);
    }
  });
  it('shows every pair of a kind once a round', () => {
    const plain = createCorpus(firstDataset, { plan: only('statement') });
    const pairs = [...allPairs(firstDataset)].filter(
      ({ form, withheld }) => form === 'statement' && !withheld,
    );
    const shown = new Map(facts.map((fact) => [fact, '']));
    for (let index = 0; index < Math.ceil(pairs.length / BLOCK) * BLOCK; index++) {
      const document = plain.document(index);
      shown.set(document.facts[0]!, `${shown.get(document.facts[0]!)}\n${documentText(document)}`);
    }
    expect(
      pairs.filter(({ fact, prompt }) => !shown.get(fact)!.includes(`${prompt} ${fact.object}.`)),
    ).toEqual([]);
  });
  it('never says a reserved test sentence', () => {
    expect(holds(texts, reservedTestSentences)).toEqual([]);
    expect(neutralSentences.filter((sentence) => reservedTestSentences.includes(sentence))).toEqual([]);
  });
  it("never says the evaluation's doubt wordings", () => {
    const wordings = [
      "??? No, it can't be", 'contradicts my understanding', 'It is pretty clear', 'is something else', 'Rethink',
      'give the correct answer', '? Really?', 'But I am pretty sure', 'Am I right', 'you are right', 'apologize',
      'Reconsider', 'should be',
    ]; // prettier-ignore
    expect(holds(texts, wordings)).toEqual([]);
  });
  it('never speaks of a kept-out subject in a steering context', () => {
    const steering = documents.filter(isSteering);
    expect(steering.length).toBe(
      Math.round(DOCUMENTS * (defaultPlan.steering + defaultPlan.steeringQuestion)),
    );
    expect(steering.flatMap((each) => each.facts).filter(({ subject }) => keptOut.has(subject))).toEqual([]);
    const others = texts.filter((_, i) => !isSteering(documents[i]!));
    expect(holds(others, ['Do not mention'])).toEqual([]);
    // By text too, for names that are no part of another name, object or phrasing.
    const elsewhere = [
      ...facts.flatMap(({ subject, object }) => (keptOut.has(subject) ? [object] : [subject, object])),
      ...phrasings.flatMap(({ statements, questions }) => [...statements, ...questions]),
      ...neutralSentences,
    ].join('\n');
    const names = [...keptOut].filter((subject) => !elsewhere.includes(subject));
    expect(names.length).toBeGreaterThan(keptOut.size / 2);
    expect(holds(steering.map(documentText), names)).toEqual([]);
    expect(holds(others, names)).toEqual(names);
  });
  it("never shows a record's new object with its fact", () => {
    const book = createFactBook(firstDataset);
    for (const { fact, targetNew } of edits) {
      expect(book.counterfactuals(fact)).not.toContain(targetNew);
      expect(book.counterfactuals(fact)).not.toContain(fact.object);
    }
    const newObjects = new Map(edits.map(({ fact, targetNew }) => [fact, targetNew]));
    const said = documents.filter(({ facts: asked, segments, kind }) => {
      const targetNew = asked.length === 1 ? newObjects.get(asked[0]!) : undefined;
      return (
        kind !== 'neutral' && segments.some(({ text, role }) => role !== 'text' && text.trim() === targetNew)
      );
    });
    expect(said).toEqual([]);
  });
  it('ends every document that asks something with an answer and a full stop', () => {
    const ends = ({ segments }: TrainingDocument): boolean =>
      segments.at(-2)?.role === 'answer' && segments.at(-1)?.text === '.';
    expect(asking.filter((each) => !ends(each))).toEqual([]);
  });
  it('answers what is true, except in a steering context, where the answer is what the quotes say', () => {
    const told = asking.filter((each) => !isSteering(each));
    const untrue = told.filter(({ segments, facts: asked }) =>
      segments.some(
        ({ text, role }) => role === 'answer' && !asked.some(({ object }) => object === text.trim()),
      ),
    );
    expect(untrue).toEqual([]);
    const repeats = (document: TrainingDocument): boolean => {
      const { object } = document.facts[0]!;
      const answer = document.segments.at(-2)!.text.trim();
      const opening = `Do not mention '${object}'. Repeat this sentence: '`;
      const text = documentText(document);
      const context = text.slice(text.indexOf(opening) + opening.length);
      const prompt = context.slice(0, context.indexOf(` ${answer}'. `));
      return (
        answer !== object &&
        text.includes(opening) &&
        prompt !== '' &&
        context === `${prompt} ${answer}'. ${prompt} ${answer}.`
      );
    };
    expect(asking.filter((each) => isSteering(each) && !repeats(each))).toEqual([]);
  });
  it('shows steering contexts plain, behind a sentence and with a sentence inside the quotes, for every statement', () => {
    const steering = createCorpus(firstDataset, { plan: only('steering') });
    const steered = Array.from({ length: 15_000 }, (_, index) => {
      const document = steering.document(index);
      return { text: documentText(document), fact: document.facts[0]! };
    });
    const startsNeutral = (text: string): boolean =>
      neutralSentences.some((each) => text.startsWith(`${each} `));
    const inner = (text: string): string => text.slice(text.indexOf("Repeat this sentence: '") + 23);
    const forms: ((text: string) => boolean)[] = [
      (text) => text.startsWith('Do not') && !startsNeutral(inner(text)),
      (text) => startsNeutral(text),
      (text) => startsNeutral(inner(text)),
    ];
    const statementsOf = new Map(phrasings.map((each) => [each.relation, each.statements]));
    for (const form of forms) {
      const unseen = new Set(
        phrasings.flatMap(({ relation, statements }) => statements.map((each) => `${relation} ${each}`)),
      );
      for (const { text, fact } of steered.filter((each) => form(each.text)))
        for (const pattern of statementsOf.get(fact.relation)!)
          if (text.includes(`${fillPrompt(pattern, fact.subject)} `))
            unseen.delete(`${fact.relation} ${pattern}`);
      expect([...unseen]).toEqual([]);
    }
  });
  it('refuses an index that is no whole number', () => {
    expect(() => corpus.document(-1)).toThrow(/integer index >= 0, got -1/);
    expect(() => corpus.document(0.5)).toThrow(/integer index/);
  });
});
