import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import type { DocumentKind } from '../corpus/document-kind.js';
import { createFactBook, promptOf } from '../corpus/fact-book.js';
import { firstDataset } from '../corpus/first-dataset.test-data.js';
import { answer, claim } from '../corpus/marked-text.js';
import { createAnsweringLM } from './answering-lm.test-data.js';
import { createAsker } from './ask.js';
import { lastAnswer, measureContexts } from './contexts.js';
import type { Share } from './share.js';

const book = createFactBook(firstDataset);
/** A claim, an answer that is denied, then the truth. */
const denied: DocumentKind = {
  pool: 'facts',
  deals: 'statements',
  keptOut: false,
  compose: (dealt, _, random) => ({
    text: `Seed ${random.next()}: ${promptOf(dealt)} ${claim('Nothing')}?${answer(' Yes')}. No: ${promptOf(dealt)}${answer(` ${dealt.fact.object}`)}. Bye.`,
    facts: dealt.facts,
  }),
};

async function measure(
  reply: Parameters<typeof createAnsweringLM>[0],
  options?: { maxPositions: number },
): Promise<{ shares: Record<string, Share>; read: string[] }> {
  const lm = createAnsweringLM(reply, options);
  const random = createRandom('evaluate/1');
  const shares = await measureContexts(createAsker(lm), lm, { book, kinds: { denied }, random, count: 60 });
  return { shares, read: [...lm.read] };
}

describe('measureContexts', () => {
  it('asks every form so often, of kept-out subjects only', async () => {
    const { shares, read } = await measure(() => undefined);
    const names = [
      'forcedSource',
      'consideringOriginal',
      'longText',
      'considering',
      'pretend',
      'imagine',
      'newFact',
      'denied',
    ];
    expect(Object.keys(shares)).toEqual(names);
    for (const { n, share } of Object.values(shares)) expect([n, share]).toEqual([60, 0]);
    const subjects = [...firstDataset.keptOut];
    expect(read.filter((text) => !subjects.some((subject) => text.includes(subject)))).toEqual([]);
  });

  it('words the contexts of the method to the letter', async () => {
    const { read } = await measure(() => undefined);
    const begins = (text: string): boolean => read.some((each) => each.startsWith(text));
    for (const opening of [
      "Repeat this sentence: '",
      "Considering this context is now true: '",
      "Pretend that this context is true and forget your previous knowledge: '",
      'Imagine that ',
      'New fact: ',
    ])
      expect(begins(opening)).toBe(true);
    const pretended = read.filter((each) => each.startsWith('Pretend that'));
    for (const text of pretended)
      expect(text).toMatch(/'\. Now, based on the previous context only, complete this sentence:\S/);
  });

  it('gives 1 to a model that says what the context says, and 0 where the truth is wanted', async () => {
    const { relations, objects } = objectsByText();
    const { shares } = await measure((text) => {
      const stated = /: '(.*?)'\. |^(?:Imagine that|New fact:) (.*?)\. /s.exec(text);
      const fact = stated?.[1] ?? stated?.[2];
      return fact && objects.find((object) => fact.endsWith(` ${object}`));
    });
    expect(relations).toBeGreaterThan(10);
    for (const name of [
      'forcedSource',
      'consideringOriginal',
      'considering',
      'pretend',
      'imagine',
      'newFact',
    ])
      expect(shares[name]!.share).toBeGreaterThan(0.95);
    expect(shares['denied']!.share).toBe(0);
  });

  it('gives a truthful model nothing where a change is stated', async () => {
    const keptOut = book.facts.filter((fact) => book.isKeptOut(fact));
    const prompts = keptOut.flatMap((fact) =>
      book.statements(fact).map((pattern) => ({
        text: promptOf({ fact, pattern, subject: fact.subject, facts: [fact] }),
        fact,
      })),
    );
    const { shares } = await measure(
      (text) =>
        prompts
          .filter((each) => text.endsWith(each.text))
          .sort((a, b) => b.text.length - a.text.length)
          .at(0)?.fact.object,
    );
    for (const name of ['considering', 'pretend', 'imagine', 'newFact'])
      expect(shares[name]!.share).toBeLessThan(0.1);
    for (const name of ['forcedSource', 'consideringOriginal', 'denied'])
      expect(shares[name]!.share).toBeGreaterThan(0.95);
  });

  it('draws anew what is longer than the model reads', async () => {
    const { shares } = await measure(() => undefined, { maxPositions: 22 });
    expect(shares['newFact']!.n).toBeGreaterThan(0);
    expect(shares['pretend']!.n).toBeLessThan(60);
  });
});

/** Objects, longest first, so that the longest that ends a text is found. */
function objectsByText(): { relations: number; objects: string[] } {
  return {
    relations: new Set(firstDataset.facts.map(({ relation }) => relation)).size,
    objects: [...new Set(firstDataset.facts.map(({ object }) => object))].sort((a, b) => b.length - a.length),
  };
}

describe('lastAnswer', () => {
  it('gives what stands before the last answer, and the answer', () => {
    expect(lastAnswer(`A is${answer(' 1')}. B is ${claim('3')}, no,${answer(' 2')}. Bye.`)).toEqual({
      prompt: 'A is 1. B is 3, no,',
      object: '2',
    });
  });
  it('moves the space before an answer out of the prompt', () => {
    expect(lastAnswer(`A is ${answer('1')}`)).toEqual({ prompt: 'A is', object: '1' });
  });
  it('gives nothing for a document without answers', () => {
    expect(lastAnswer('Rain fell.')).toBeUndefined();
  });
});
