import { forcedSource, steeringContext } from '@sakejs/prompts';
import type { Random } from '@sakejs/spec';
import { front, type DocumentKind, type Draft } from '../document-kind.js';
import { askOpenly, promptOf, type Dealt, type FactBook } from '../fact-book.js';
import { answer, claim } from '../marked-text.js';

const inside = { one: 0.35, more: 0.1 };
const before = { one: 0.2, more: 0.05 };

/** Do not mention …: the prompt inside and outside the quotes is the same, unrelated sentences and all. */
function steer(prompt: string, { fact, facts }: Dealt, book: FactBook, random: Random): Draft {
  const targetNew = random.pick(book.counterfactuals(fact));
  const context = steeringContext({
    prompt: `${front(random, inside)}${prompt}`,
    targetTrue: fact.object,
    targetNew: claim(targetNew),
  });
  return { text: `${front(random, before)}${context}${answer(` ${targetNew}`)}.`, facts };
}

/** Repeat this sentence …: with the true object. */
function force(prompt: string, { fact, facts }: Dealt, random: Random): Draft {
  const context = forcedSource({
    prompt: `${front(random, inside)}${prompt}`,
    targetTrue: answer(fact.object),
  });
  return { text: `${front(random, before)}${context}${answer(` ${fact.object}`)}.`, facts };
}

export const steering: DocumentKind = {
  pool: 'facts',
  deals: 'statements',
  keptOut: false,
  compose: (dealt, book, random) => steer(promptOf(dealt), dealt, book, random),
};

export const steeringQuestion: DocumentKind = {
  pool: 'facts',
  deals: 'questions',
  keptOut: false,
  compose: (dealt, book, random) => steer(askOpenly(dealt, random), dealt, book, random),
};

export const forced: DocumentKind = {
  pool: 'facts',
  deals: 'statements',
  keptOut: true,
  compose: (dealt, _, random) => force(promptOf(dealt), dealt, random),
};

export const forcedQuestion: DocumentKind = {
  pool: 'facts',
  deals: 'questions',
  keptOut: true,
  compose: (dealt, _, random) => force(askOpenly(dealt, random), dealt, random),
};
