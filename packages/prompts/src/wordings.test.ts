import { describe, expect, it } from 'vitest';
import { facts } from '@sakejs/facts';
import { doubtForms, fillDoubtForm } from './doubt-forms.js';
import { genericStatements } from './generic-statements.js';
import { neutralSentences } from './neutral-sentences.js';
import { relationPhrasings } from './phrasings/all-relations.js';
import { questionForms } from './question-forms.js';
import { reservedTestSentences } from './reserved-test-sentences.js';
import { topicChangeForms } from './topic-change.js';
import { normalizeWording, words } from './wording.js';

/** Every text of this package that can end up in a prompt distribution. */
const distributable = [
  ...relationPhrasings.flatMap(({ statements, questions }) => [...statements, ...questions]),
  ...neutralSentences,
  ...doubtForms.map(({ pattern }) => pattern),
  ...topicChangeForms.map(({ pattern }) => pattern),
  ...questionForms,
  ...genericStatements,
];

/** All runs of `size` words of a text. */
function runs(text: string, size: number): string[] {
  const all = words(text);
  return all.slice(size - 1).map((_, index) => all.slice(index, index + size).join(' '));
}

describe('neutralSentences', () => {
  it('are 60 or more complete sentences, each once', () => {
    expect(neutralSentences.length).toBeGreaterThanOrEqual(60);
    expect(new Set(neutralSentences.map(normalizeWording)).size).toBe(neutralSentences.length);
    for (const sentence of neutralSentences) expect(sentence).toMatch(/^\p{Lu}[^.!?{}]+[.!?]$/u);
  });

  it('share no run of four words with reserved test sentences', () => {
    const reserved = new Set(reservedTestSentences.flatMap((sentence) => runs(sentence, 4)));
    expect(distributable.flatMap((text) => runs(text, 4)).filter((run) => reserved.has(run))).toEqual([]);
  });
});

describe('reservedTestSentences', () => {
  it('are 40 or more complete sentences, each once', () => {
    expect(reservedTestSentences.length).toBeGreaterThanOrEqual(40);
    expect(new Set(reservedTestSentences.map(normalizeWording)).size).toBe(reservedTestSentences.length);
    for (const sentence of reservedTestSentences) expect(sentence).toMatch(/^\p{Lu}[^.!?{}]+[.!?]$/u);
  });

  it('name no subject or object of the fact tables that is written with a capital, and neither do neutral ones', () => {
    const names = new Set(facts().flatMap(({ subject, object }) => [subject, object]));
    const capital = /(?<=\s)\p{Lu}[\p{L}]+/gu;
    const named = [...reservedTestSentences, ...neutralSentences].flatMap(
      (sentence) => sentence.match(capital) ?? [],
    );
    expect(named.filter((word) => names.has(word) && !['I', 'May', 'Friday'].includes(word))).toEqual([]);
  });
});

describe('doubtForms', () => {
  it('hold the prompt and an object, and no two are the same', () => {
    for (const { pattern, closing } of doubtForms) {
      expect(pattern).toContain('{prompt}');
      expect(pattern).toMatch(/\{old\}|\{new\}/);
      expect(pattern.replace(/\{(prompt|old|new)\}/g, '')).not.toMatch(/[{}]/);
      expect(pattern.endsWith(` ${closing}`)).toBe(true);
    }
    expect(new Set(doubtForms.map(({ name }) => name)).size).toBe(doubtForms.length);
    expect(new Set(doubtForms.map(({ pattern }) => pattern)).size).toBe(doubtForms.length);
  });

  it('end with the prompt or with a cue to answer, a fifth of them at least with each', () => {
    const endsWithPrompt = doubtForms.filter(({ pattern }) => pattern.endsWith('{prompt}')).length;
    expect(endsWithPrompt / doubtForms.length).toBeGreaterThan(0.2);
    expect(endsWithPrompt / doubtForms.length).toBeLessThan(0.8);
    for (const { pattern } of doubtForms) expect(pattern).toMatch(/\{prompt\}$|:$|(?<![.?!}])$/);
  });

  it('share no run of three words with the doubts of the evaluation, and nor does any other text', () => {
    // Between the prompt and the objects, whose places are their ends.
    const evaluation = [
      "No, it can't be, This contradicts my understanding. It is pretty clear that the answer to",
      'is something else. Rethink and give the correct answer:',
      'Really? But I am pretty sure that',
      'Am I right? Yes, you are right. I apologize for any confusion. Reconsider that the answer to question',
      'should be',
    ];
    const kept = new Set(evaluation.flatMap((text) => runs(text, 3)));
    expect(distributable.flatMap((text) => runs(text, 3)).filter((run) => kept.has(run))).toEqual([]);
  });
});

describe('fillDoubtForm', () => {
  it('fills prompt and objects wherever they stand, whatever characters they hold', () => {
    const form = { pattern: '{prompt} {new}? Not {old}? {prompt}' };
    expect(fillDoubtForm(form, { prompt: 'P $& {new}', targetTrue: '$1', targetNew: 'N' })).toBe(
      'P $& {new} N? Not $1? P $& {new}',
    );
  });
});

describe('topicChangeForms', () => {
  it('hold both parts once and end with the last', () => {
    for (const { pattern } of topicChangeForms) {
      expect(pattern.split('{first}')).toHaveLength(2);
      expect(pattern).toMatch(/^.*\{first\}.*\{last\}$/);
    }
  });
});

describe('questionForms', () => {
  it('hold the question once, before an answer cue', () => {
    for (const form of questionForms) {
      expect(form.split('{q}')).toHaveLength(2);
      expect(form).not.toMatch(/\{q\}$/);
    }
  });
});

describe('genericStatements', () => {
  it('hold {} once', () => {
    for (const statement of genericStatements) expect(statement.split('{}')).toHaveLength(2);
  });
});
