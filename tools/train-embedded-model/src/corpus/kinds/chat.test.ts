import { describe, expect, it } from 'vitest';
import { composeDocuments, expectSound, followsFrom } from './compose-documents.test-data.js';
import { chat } from './chat.js';
import { chatStyles } from './chat-style.js';

const documents = composeDocuments(chat, 4000);
const told = documents.filter(({ claims }) => claims.length > 0);
const plain = documents.filter(({ claims }) => claims.length === 0);

describe('chat', () => {
  it('is sound', () => expectSound(chat, documents));

  it('tells a changed fact first in about 30 % of the documents', () => {
    expect(told.length / documents.length).toBeCloseTo(0.3, 1);
    expect(told.filter(({ claims }) => claims.length > 1)).toEqual([]);
  });

  it('answers the last question by the changed fact where one was told', () => {
    // Facts asked of in between come last.
    const alone = told.filter(({ answers }) => answers.length === 1);
    expect(alone.filter((each) => !followsFrom(each))).toEqual([]);
    const direct = told.filter(({ facts, answers }) => facts.length === answers.length);
    expect(direct.length).toBeGreaterThan(300);
    expect(direct.filter(({ claims, answers }) => answers.at(-1) !== claims[0])).toEqual([]);
  });

  it('answers one to four questions truthfully where none was told', () => {
    expect(new Set(plain.map(({ answers }) => answers.length))).toEqual(new Set([1, 2, 3, 4]));
    for (const { answers, facts } of plain)
      expect([...answers].sort()).toEqual(facts.map(({ object }) => object).sort());
    expect(plain.filter(({ dealt, answers }) => answers.at(-1) !== dealt.fact.object)).toEqual([]);
  });

  it('is written in dozens of styles', () => {
    expect(new Set(chatStyles.map((style) => JSON.stringify(style))).size).toBeGreaterThan(60);
    const unused = chatStyles.filter(
      ({ asker, answerer }) =>
        !documents.some((each) => each.plain.includes(asker) && each.plain.includes(answerer)),
    );
    expect(unused).toEqual([]);
  });
});
