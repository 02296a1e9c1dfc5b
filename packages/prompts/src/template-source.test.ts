import type { EditRequest, PromptDistribution } from '@sakejs/spec';
import { describePromptGenerator, expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createTemplateSource } from './template-source.js';
import type { KnownFact } from './fact-index.js';
import { nativeLanguage } from './phrasings/native-language.js';
import { questionForms } from './question-forms.js';
import { reservedTestSentences } from './reserved-test-sentences.js';
import { topicChangeForms } from './topic-change.js';
import { normalizeWording } from './wording.js';

const request: EditRequest = {
  subject: 'Danielle Darrieux',
  prompt: 'The mother tongue of {} is',
  targetTrue: 'French',
  targetNew: 'English',
};

describePromptGenerator('createTemplateSource', () => createTemplateSource(), { request, tooMany: 50_000 });

/** Wordings of the request's relation; its own prompt is one of them. */
const wordingCount = nativeLanguage.statements.length;

const facts: readonly KnownFact[] = [
  { relation: 'P103', subject: 'Danielle Darrieux', object: 'French' },
  { relation: 'P103', subject: 'Michel Denisot', object: 'French' },
  { relation: 'P103', subject: 'Jean Gaven', object: 'French' },
  { relation: 'P103', subject: 'Bertrand Russell', object: 'English' },
  { relation: 'P103', subject: 'Sergey Lavrov', object: 'Russian' },
  { relation: 'P37', subject: 'Togo', object: 'French' },
  { relation: 'P36', subject: 'Togo', object: 'Lomé' },
];

const ofKind = ({ negatives }: PromptDistribution, kind: string): string[] =>
  negatives.filter((each) => each.kind === kind).map(({ text }) => text);

describe('createTemplateSource', () => {
  it('goes round every wording before one comes again', async () => {
    const source = createTemplateSource({ facts, neutralShare: 0, questions: false });
    // The request's own prompt comes bare at the front, and so behind a sentence in the first round.
    const { prompts, wordings } = await source.generate(request, { count: wordingCount + 1 });
    const prefixed = prompts.filter((text) => text.includes('. '));
    expect(prefixed).toEqual([expect.stringMatching(/^\S.*\. The mother tongue of Danielle Darrieux is$/)]);
    expect(new Set(wordings).size).toBe(wordingCount);
  });

  it('gives prompts that differ by their neutral sentence alone one wording number, and others another', async () => {
    const source = createTemplateSource({ facts, questions: false });
    const { prompts, wordings } = await source.generate(request, { count: 3 * wordingCount });
    const bare = prompts.map((text) => text.replace(/^.*[.!] /u, ''));
    const numberOf = new Map(bare.map((text, index) => [text, wordings![index]]));
    expect(numberOf.size).toBe(wordingCount);
    expect(new Set(numberOf.values()).size).toBe(wordingCount);
    expect(bare.map((text) => numberOf.get(text))).toEqual(wordings);
  });

  it('gives all layouts of one question one wording number', async () => {
    const { prompts, wordings } = await createTemplateSource({ facts }).generate(request, { count: 150 });
    const asked = prompts.flatMap((text, index) => {
      const question = /[^.:!?]+\?/u.exec(text)?.[0].trim();
      return question === undefined ? [] : [{ question, wording: wordings![index] }];
    });
    const numbersOf = (question: string): number =>
      new Set(asked.filter((each) => each.question === question).map(({ wording }) => wording)).size;
    expect(asked.length).toBeGreaterThan(20);
    for (const { question } of asked) expect(numbersOf(question)).toBe(1);
  });

  it('puts neutral sentences in front of about the share asked for', async () => {
    const source = createTemplateSource({ facts, neutralShare: 1 });
    const { prompts } = await source.generate(request, { count: 40 });
    expect(prompts.slice(1).every((text) => /^[^{]+[.!] /.test(text))).toBe(true);
  });

  it('has one fingerprint for the same settings and facts, and another for others', () => {
    const { fingerprint } = createTemplateSource({ facts });
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(createTemplateSource({ facts: [...facts], doubts: 60 }).fingerprint).toBe(fingerprint);
    const others = [{ facts, doubts: 59 }, { facts: facts.slice(1) }, { facts, questions: false }];
    for (const options of others) expect(createTemplateSource(options).fingerprint).not.toBe(fingerprint);
  });

  it('gives other prompts for another seed and another subject', async () => {
    const source = createTemplateSource({ facts });
    const wordingOf = async (seed: number, subject: string): Promise<string[]> =>
      (await source.generate({ ...request, subject }, { count: 20, seed })).prompts.map((text) =>
        text.replaceAll(subject, '{}'),
      );
    const first = await wordingOf(0, request.subject);
    expect(await wordingOf(1, request.subject)).not.toEqual(first);
    expect(await wordingOf(0, 'Jean Gaven')).not.toEqual(first);
  });

  it('asks same-object negatives in the same and in other relations, of other subjects', async () => {
    const made = await createTemplateSource({ facts }).generate(request, { count: 5 });
    const texts = ofKind(made, 'same-object');
    expect(texts).toHaveLength(40);
    for (const subject of ['Michel Denisot', 'Jean Gaven', 'Togo'])
      expect(texts.some((text) => text.includes(subject))).toBe(true);
    expect(texts.some((text) => /Russell|Lavrov|Darrieux/.test(text))).toBe(false);
  });

  it('asks other-subject negatives of subjects with another object', async () => {
    const made = await createTemplateSource({ facts }).generate(request, { count: 5 });
    for (const text of ofKind(made, 'other-subject')) expect(text).toMatch(/Bertrand Russell|Sergey Lavrov/);
  });

  it('asks other relations of the same subject, none that asks nearly the same', async () => {
    const made = await createTemplateSource({ facts, negativesPerKind: 200 }).generate(request, { count: 5 });
    const texts = ofKind(made, 'other-relation');
    expect(texts).toHaveLength(200);
    for (const text of texts) {
      expect(text).toContain('Danielle Darrieux');
      expect(text).not.toMatch(/fluent in|gives interviews in|The capital/);
    }
  });

  it('asks only relations that fit what the facts know the subject to be', async () => {
    const of: EditRequest = {
      subject: 'Togo',
      prompt: 'The continent of {} is',
      targetTrue: 'Africa',
      targetNew: 'Asia',
    };
    const made = await createTemplateSource({ facts }).generate(of, { count: 5 });
    for (const text of ofKind(made, 'other-relation')) expect(text).not.toMatch(/was born|plays|profession/);
  });

  it('ends topic changes with another question than the edited one', async () => {
    const made = await createTemplateSource({ facts }).generate(request, { count: 5 });
    const topicChanges = made.negatives.filter(({ kind }) => kind === 'topic-change');
    expect(topicChanges).toHaveLength(40);
    expect(
      topicChanges.every(({ text, subject }) => text.includes(request.subject) && text.includes(subject!)),
    ).toBe(true);
    expect(new Set(topicChanges.map(({ subject }) => subject)).size).toBeGreaterThan(3);
    const forms = topicChanges.map(({ wording }) => topicChangeForms.find(({ name }) => name === wording)!);
    topicChanges.forEach(({ text }, index) => {
      const [, between] = forms[index]!.pattern.split(/\{first\}|\{last\}/u);
      expect(text).toContain(between);
    });
  });

  it('ends some topic changes with a question and a cue to answer, others with a statement', async () => {
    const made = await createTemplateSource().generate(request, { count: 5 });
    const texts = ofKind(made, 'topic-change');
    const cues = questionForms.map((form) => form.replace(/^.*\{q\}/u, ''));
    const asking = texts.filter((text) => cues.some((cue) => text.endsWith(cue)));
    expect(asking.length).toBeGreaterThan(0);
    expect(asking.length).toBeLessThan(texts.length / 2);
  });

  it('gives doubts that name an object and hold a prompt of the edit, some at their end', async () => {
    const made = await createTemplateSource().generate(request, { count: 5, seed: 3 });
    const doubts = made.positives.filter(({ kind }) => kind === 'doubt');
    expect(doubts).toHaveLength(60);
    for (const { text, wording } of doubts) {
      expect(text).toMatch(/English|French/);
      expect(text).toContain(wording!.replace(/"?\{prompt\}"?.*$/u, ''));
    }
    const own = doubts.filter(({ text }) => text.includes(made.prompts[0]!));
    expect(own.length).toBeGreaterThanOrEqual(20);
    const ending = own.filter(({ text }) => text.endsWith(made.prompts[0]!)).length;
    expect(ending).toBeGreaterThan(0);
    expect(ending).toBeLessThan(own.length);
  });

  it('drops prompts that name an object, and counts them', async () => {
    const apple: EditRequest = {
      subject: 'MacApp',
      prompt: '{} was developed by',
      targetTrue: 'Apple',
      targetNew: 'Engineers',
    };
    const made = await createTemplateSource().generate(apple, { count: 60 });
    expect(made.dropped['names-object']).toBeGreaterThan(0);
    expect(made.prompts.filter((text) => /engineers/i.test(text))).toEqual([]);
  });

  it('lets the subject itself name an object', async () => {
    const leaking: EditRequest = {
      subject: 'Toyota Camry',
      prompt: '{} is produced by',
      targetTrue: 'Toyota',
      targetNew: 'Fiat',
    };
    expect((await createTemplateSource().generate(leaking, { count: 20 })).prompts).toHaveLength(20);
  });

  it('withholds the wording and prefix of test prompts, and counts them', async () => {
    const tests = [
      'The coffee was already cold. danielle darrieux grew up speaking',
      'Q: What is the mother tongue of Danielle Darrieux? A:',
      'The mother tongue of Michel Denisot is',
    ];
    const made = await createTemplateSource({ facts }).generate(request, { count: 1500, withhold: tests });
    const all = [...made.prompts, ...[...made.positives, ...made.negatives].map(({ text }) => text)];
    for (const part of [
      'grew up speaking',
      'What is the mother tongue of',
      'coffee was already cold',
      'Michel Denisot',
    ])
      expect(all.filter((text) => normalizeWording(text).includes(normalizeWording(part)))).toEqual([]);
    expect(made.dropped['withheld-wording']).toBe(3);
    expect(made.prompts[0]).toBe('The mother tongue of Danielle Darrieux is');
  });

  it('keeps the wording of test prompts about other subjects, not the subjects', async () => {
    const tests = ['Michel Denisot grew up speaking', 'Jean Gaven grew up speaking'];
    const made = await createTemplateSource({ facts }).generate(request, { count: 200, withhold: tests });
    expect(made.prompts.some((text) => text.endsWith('Danielle Darrieux grew up speaking'))).toBe(true);
    expect(made.negatives.filter(({ text }) => /Denisot|Gaven/.test(text))).toEqual([]);
    expect(made.dropped['negative-withheld-subject']).toBe(2);
  });

  it('counts the positives and negatives that it leaves out', async () => {
    const source = createTemplateSource({ facts, negativesPerKind: 200 });
    const free = await source.generate(request, { count: 5 });
    expect(free.dropped['negative-duplicate']).toBeGreaterThan(0);
    const [test] = free.negatives.filter(
      ({ kind, text }) => kind === 'other-relation' && !/[.:?]/.test(text),
    );
    const made = await source.generate(request, { count: 5, withhold: [test!.text] });
    expect(made.negatives.map(({ text }) => text)).not.toContain(test!.text);
    expect(made.dropped['negative-withheld-wording']).toBeGreaterThan(0);
    expect(free.dropped['negative-withheld-wording']).toBeUndefined();
  });

  it('never uses a sentence that is reserved for tests', async () => {
    const made = await createTemplateSource().generate(request, { count: 1500 });
    const all = [...made.prompts, ...[...made.positives, ...made.negatives].map(({ text }) => text)].join(
      '\n',
    );
    expect(reservedTestSentences.filter((sentence) => all.includes(sentence))).toEqual([]);
  });

  it('makes no negatives about other subjects without facts', async () => {
    const made = await createTemplateSource({ facts: [] }).generate(request, { count: 5 });
    expect([...new Set(made.negatives.map(({ kind }) => kind))].sort()).toEqual([
      'other-relation',
      'topic-change',
      'unrelated',
    ]);
  });

  it('refuses a relation without phrasings and points to expert files', async () => {
    const odd: EditRequest = {
      subject: 'X',
      prompt: 'The shoe size of {} is',
      targetTrue: 'nine',
      targetNew: 'ten',
    };
    const error = await expectCode(() => createTemplateSource().generate(odd, { count: 5 }), 'not-found');
    expect(error.message).toMatch(/P103 \(native language\).*expert file/);
    await expectCode(
      () => createTemplateSource().generate({ ...request, relation: 'P0' }, { count: 5 }),
      'not-found',
    );
  });

  it('refuses options out of range', async () => {
    for (const options of [
      { neutralShare: 1.1 },
      { neutralShare: NaN },
      { doubts: -1 },
      { negativesPerKind: 0.5 },
    ])
      await expectCode(() => createTemplateSource(options), 'invalid-option');
  });
});
