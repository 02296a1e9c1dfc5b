import { neutralSentences, reservedTestSentences } from '@sakejs/prompts';
import { isSakeError } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { createCorpus, documentText, LONGEST_FRONT, type TrainingDocument } from './create-corpus.js';
import { defaultPlan, documentKinds, type CorpusPlan, type DocumentKindName } from './document-kinds.js';
import { createFactBook, promptOf } from './fact-book.js';
import { firstConfig, firstDataset } from './first-dataset.test-data.js';
import { BLOCK } from './kind-schedule.js';
import { planDataset } from './plan-dataset.js';
import { allPairs } from './training-pairs.js';

const corpus = createCorpus(firstDataset);
const book = createFactBook(firstDataset);
const DOCUMENTS = 20_000;
const documents: TrainingDocument[] = Array.from({ length: DOCUMENTS }, (_, index) => corpus.document(index));
const long = Array.from({ length: 1000 }, (_, index) => corpus.longDocument(index));
const { facts, keptOut, phrasings } = firstDataset;

/** Kinds that answer with what a context changed, or resist it. */
const changing: readonly DocumentKindName[] = [
  'steering', 'steeringQuestion', 'implication', 'imagined', 'demonstrations', 'chat', 'doubt', 'toldThenDoubted',
]; // prettier-ignore
/** Kinds whose answers follow a changed fact. */
const following: readonly DocumentKindName[] = [
  'steering', 'steeringQuestion', 'implication', 'imagined', 'demonstrations', 'chat',
]; // prettier-ignore
const isAmong = (kinds: readonly DocumentKindName[]) => (document: TrainingDocument) =>
  kinds.includes(document.kind);

/** Ordinals are without gaps at the end of a block only. */
const wholeBlocks = (count: number): number => Math.ceil(count / BLOCK) * BLOCK;

/** A plan of one kind. */
function only(kind: DocumentKindName): CorpusPlan {
  return { [kind]: 1 };
}

const endsInAnswer = ({ segments }: TrainingDocument): boolean => {
  const last = segments.findLastIndex(({ role }) => role === 'answer');
  const rest = segments
    .slice(last + 1)
    .map(({ text }) => text)
    .join('');
  return last >= 0 && /^\W*$/u.test(rest);
};

describe('createCorpus', () => {
  it('is a pure function of seed and index', () => {
    const again = createCorpus(firstDataset);
    for (const index of [19_999, 7, 12_345, 0, 800, 799])
      expect(again.document(index)).toEqual(documents[index]);
    expect(again.longDocument(7)).toEqual(long[7]);
    expect(createCorpus(firstDataset, { seed: 2 }).document(7)).not.toEqual(documents[7]);
  });

  it('shows every fact once a round, and each of its statements once before any twice', () => {
    const plain = createCorpus(firstDataset, { plan: only('statement') });
    const statements = [...allPairs(firstDataset)].filter(
      ({ form, withheld }) => form === 'statement' && !withheld,
    );
    const rounds = Math.max(...facts.map((fact) => book.statements(fact).length));
    const shown = new Map(facts.map((fact) => [fact, '']));
    for (let index = 0; index < wholeBlocks(rounds * facts.length); index++) {
      const document = plain.document(index);
      const [fact] = document.facts;
      shown.set(fact!, `${shown.get(fact!)}${documentText(document)}\n`);
      if (index === wholeBlocks(facts.length) - 1)
        expect([...shown.values()].filter((text) => text === '')).toEqual([]);
    }
    expect(
      statements.filter(({ fact, prompt }) => !shown.get(fact)!.includes(`${prompt} ${fact.object}.`)),
    ).toEqual([]);
  });

  it('has every kind, contexts that change a fact as often as the steering context', () => {
    expect(new Set(documents.map(({ kind }) => kind))).toEqual(new Set(Object.keys(defaultPlan)));
    expect(Object.keys(documentKinds)).toEqual(expect.arrayContaining(Object.keys(defaultPlan)));
    const steering = defaultPlan.steering + defaultPlan.steeringQuestion;
    for (const kind of ['implication', 'imagined', 'demonstrations'] as const)
      expect(defaultPlan[kind]).toBeGreaterThanOrEqual(steering);
  });

  it('gives the share of kinds that have nothing to be dealt to statements', () => {
    const bare = planDataset({ ...firstConfig, compositions: { shown: 0, heldOut: 0 }, aliasedSubjects: 0 });
    const without = createCorpus(bare);
    const kinds = Array.from({ length: BLOCK }, (_, index) => without.document(index).kind);
    expect(kinds).not.toContain('alias');
    expect(kinds).not.toContain('twoHop');
    const { statement, alias, twoHop } = defaultPlan;
    expect(kinds.filter((kind) => kind === 'statement').length).toBe(
      Math.round((statement + alias + twoHop) * BLOCK),
    );
  });

  it.each([
    ['cutStatements', 1000],
    ['cutEndings', 300],
  ] as const)(
    'states facts in %s, each a statement or the beginning of one, with the true object behind it',
    (kind, least) => {
      const cut = createCorpus(firstDataset, { plan: only(kind) });
      let shortened = 0;
      for (let index = 0; index < 1000; index++) {
        const { segments, facts: stated } = cut.document(index);
        const answers = segments.filter(({ role }) => role === 'answer').map(({ text }) => text.trim());
        expect(answers).toEqual(stated.map(({ object }) => object));
        const text = segments.map((each) => each.text).join('');
        const whole = stated.filter((fact) =>
          book
            .statements(fact)
            .some((pattern) =>
              text.includes(
                `${promptOf({ pattern, subject: fact.subject, fact, facts: [fact] })} ${fact.object}.`,
              ),
            ),
        );
        shortened += stated.length - whole.length;
      }
      expect(shortened).toBeGreaterThan(least);
    },
  );

  it('never speaks of a kept-out subject in a context that changes a fact', () => {
    const steering = documents.filter(isAmong(['steering', 'steeringQuestion']));
    expect(steering.flatMap((each) => each.facts).filter(({ subject }) => keptOut.has(subject))).toEqual([]);
    // By text too, for names that are no part of another name, object or phrasing.
    const elsewhere = [
      ...facts.flatMap(({ subject, object }) => (keptOut.has(subject) ? [object] : [subject, object])),
      ...phrasings.flatMap(({ statements, questions }) => [...statements, ...questions]),
      ...neutralSentences,
    ].join('\n');
    const names = [...keptOut].filter((subject) => !elsewhere.includes(subject));
    expect(names.length).toBeGreaterThan(keptOut.size / 2);
    const text = (of: readonly TrainingDocument[]): string => of.map(documentText).join('\n');
    const changed = text(documents.filter(isAmong(changing)));
    const others = text(documents.filter((each) => !isAmong(changing)(each)));
    expect(names.filter((name) => changed.includes(name))).toEqual([]);
    expect(names.filter((name) => others.includes(name))).toEqual(names);
  });

  it('ends every document that asks something with an answer', () => {
    const asking = [...documents, ...long].filter(({ kind }) => kind !== 'ordinary');
    expect(asking.filter((each) => !endsInAnswer(each))).toEqual([]);
  });

  it('answers what is true, except where a context changed it', () => {
    const told = documents.filter((each) => !isAmong(following)(each));
    const untrue = told.filter(({ segments, facts: asked }) =>
      segments.some(
        ({ text, role }) => role === 'answer' && !asked.some(({ object }) => object === text.trim()),
      ),
    );
    expect(untrue).toEqual([]);
  });

  it('answers in a steering context what the quotes say', () => {
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
    const steered = documents.filter(isAmong(['steering', 'steeringQuestion']));
    expect(steered.filter((each) => !repeats(each))).toEqual([]);
    const others = documents.filter((each) => !isAmong(['steering', 'steeringQuestion'])(each));
    expect(others.filter((each) => documentText(each).includes('Do not mention'))).toEqual([]);
  });

  it('shows steering contexts plain, behind a sentence and with a sentence inside the quotes', () => {
    const steering = createCorpus(firstDataset, { plan: only('steering') });
    const entries = new Map(book.pool('facts').map((entry) => [entry.fact, entry]));
    const texts = Array.from({ length: 2000 }, (_, index) => steering.document(index)).map((document) => ({
      text: documentText(document),
      ...entries.get(document.facts[0]!)!,
    }));
    const inside = ({ text, statements, fact }: (typeof texts)[number]): boolean =>
      !statements.some((pattern) =>
        text.includes(
          `Repeat this sentence: '${promptOf({ pattern, subject: fact.subject, fact, facts: [fact] })} `,
        ),
      );
    const share = (holds: (each: (typeof texts)[number]) => boolean): number =>
      texts.filter(holds).length / texts.length;
    expect(share(inside)).toBeGreaterThan(0.3);
    expect(share((each) => !inside(each))).toBeGreaterThan(0.3);
    expect(share(({ text }) => !text.startsWith('Do not mention'))).toBeGreaterThan(0.15);
    expect(share((each) => each.text.startsWith('Do not mention') && !inside(each))).toBeGreaterThan(0.2);
  });

  it('puts text and facts in front of long documents, up to a length', () => {
    const sizes = long.map((document) => documentText(document).length).sort((a, b) => a - b);
    expect(sizes[500]!).toBeGreaterThanOrEqual(LONGEST_FRONT / 2);
    expect(sizes.at(-1)!).toBeGreaterThan(LONGEST_FRONT);
    const behindFacts = long.filter(({ facts: asked }) => asked.length > 5).length;
    expect(behindFacts).toBeGreaterThan(300);
  });

  it('never says a reserved test sentence', () => {
    const text = [...documents, ...long].map(documentText).join('\n');
    expect(reservedTestSentences.filter((sentence) => text.includes(sentence))).toEqual([]);
  });

  it('refuses an index that is no whole number', () => {
    for (const index of [-1, 0.5])
      for (const read of [corpus.document, corpus.longDocument])
        try {
          read(index);
          expect.unreachable();
        } catch (error) {
          expect(isSakeError(error) && error.code).toBe('invalid-option');
          expect(String(error)).toMatch(/integer index >= 0/);
        }
  });
});
