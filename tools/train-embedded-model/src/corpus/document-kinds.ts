import type { Fact } from '@sakejs/facts';
import {
  doubtForms,
  fillDoubtForm,
  fillTopicChange,
  forcedSource,
  neutralSentences,
  steeringContext,
  topicChangeForms,
} from '@sakejs/prompts';
import { fillPrompt, type Random } from '@sakejs/spec';
import { askOpenly, type FactBook } from './fact-book.js';
import { answer, claim } from './marked-text.js';

/** A fact and one of its phrasings, dealt to a document. */
export interface Dealt {
  readonly fact: Fact;
  readonly pattern: string;
}

/** Marked text with the facts whose subjects it asks of. */
export interface Draft {
  readonly text: string;
  readonly facts: readonly Fact[];
}

/** One way to make a document. */
export interface DocumentKind {
  /** Which phrasings it is dealt: each (fact, phrasing) once before any comes twice. */
  readonly deals: 'statements' | 'questions';
  /** Whether subjects kept out of steering contexts may be dealt. */
  readonly keptOut: boolean;
  compose(dealt: Dealt, book: FactBook, random: Random): Draft;
}

/** `''`, or one or two neutral sentences, each followed by a space. */
function neutralFront(random: Random, one: number, two: number): string {
  const chance = random.next();
  if (chance >= one + two) return '';
  const sentences = chance < two ? 2 : 1;
  return Array.from({ length: sentences }, () => `${random.pick(neutralSentences)} `).join('');
}

const statement = ({ fact, pattern }: Dealt): string => fillPrompt(pattern, fact.subject);
const stated = (dealt: Dealt): string => `${statement(dealt)}${answer(` ${dealt.fact.object}`)}`;
const anyStatement = (fact: Fact, book: FactBook, random: Random): Dealt => ({
  fact,
  pattern: random.pick(book.statements(fact)),
});

/** Do not mention …: the prompt inside and outside the quotes is the same, with or without neutral sentences. */
function steer(prompt: string, { fact }: Dealt, book: FactBook, random: Random): Draft {
  const targetNew = random.pick(book.counterfactuals(fact));
  const inside = `${neutralFront(random, 0.4, 0.1)}${prompt}`;
  const context = steeringContext({ prompt: inside, targetTrue: fact.object, targetNew: claim(targetNew) });
  return { text: `${neutralFront(random, 0.25, 0.05)}${context}${answer(` ${targetNew}`)}.`, facts: [fact] };
}

/** Repeat this sentence …: with the true object. */
function force(prompt: string, { fact }: Dealt, random: Random): Draft {
  const inside = `${neutralFront(random, 0.4, 0.1)}${prompt}`;
  const context = forcedSource({ prompt: inside, targetTrue: answer(fact.object) });
  return {
    text: `${neutralFront(random, 0.25, 0.05)}${context}${answer(` ${fact.object}`)}.`,
    facts: [fact],
  };
}

/** Every kind of document. Doubts and contexts never teach a false object behind a plain prompt: those are claims. */
export const documentKinds = {
  /** A fact in a statement. */
  statement: {
    deals: 'statements',
    keptOut: true,
    compose: (dealt, _, random) => ({
      text: `${neutralFront(random, 0.4, 0.1)}${stated(dealt)}.`,
      facts: [dealt.fact],
    }),
  },
  /** Two to four facts in a row. */
  series: {
    deals: 'statements',
    keptOut: true,
    compose: (dealt, book, random) => {
      const others = Array.from({ length: 1 + random.integer(3) }, () =>
        anyStatement(random.pick(book.facts), book, random),
      );
      const all = random.shuffle([dealt, ...others]);
      return { text: all.map((each) => `${stated(each)}.`).join(' '), facts: all.map(({ fact }) => fact) };
    },
  },
  /** A question in a layout that leaves the answer open. */
  question: {
    deals: 'questions',
    keptOut: true,
    compose: ({ fact, pattern }, _, random) => ({
      text: `${neutralFront(random, 0.25, 0.05)}${askOpenly(pattern, fact, random)}${answer(` ${fact.object}`)}.`,
      facts: [fact],
    }),
  },
  steering: {
    deals: 'statements',
    keptOut: false,
    compose: (dealt, book, random) => steer(statement(dealt), dealt, book, random),
  },
  steeringQuestion: {
    deals: 'questions',
    keptOut: false,
    compose: (dealt, book, random) =>
      steer(askOpenly(dealt.pattern, dealt.fact, random), dealt, book, random),
  },
  forced: {
    deals: 'statements',
    keptOut: true,
    compose: (dealt, _, random) => force(statement(dealt), dealt, random),
  },
  forcedQuestion: {
    deals: 'questions',
    keptOut: true,
    compose: (dealt, _, random) => force(askOpenly(dealt.pattern, dealt.fact, random), dealt, random),
  },
  /**
   * A claim and a doubt about it; the model stays with what it knows, whether the claim was true or not. Not of kept-out
   * subjects: shown resisting claims and never obeying one, they would be learned as exceptions.
   */
  doubt: {
    deals: 'statements',
    keptOut: false,
    compose: (dealt, book, random) => {
      const { fact } = dealt;
      const wrong = random.pick(book.counterfactuals(fact));
      const claimed =
        random.next() < 0.6 ? { old: fact.object, new: wrong } : { old: wrong, new: fact.object };
      const prompt =
        random.next() < 0.25 ? askOpenly(random.pick(book.questions(fact)), fact, random) : statement(dealt);
      const doubt = fillDoubtForm(random.pick(doubtForms), {
        prompt,
        targetTrue: claim(claimed.old),
        targetNew: claim(claimed.new),
      });
      return { text: `${neutralFront(random, 0.25, 0)}${doubt}${answer(` ${fact.object}`)}.`, facts: [fact] };
    },
  },
  /** One thing first and another last, which is answered; half of the time of the same subject where it has one. */
  topicChange: {
    deals: 'statements',
    keptOut: true,
    compose: (dealt, book, random) => {
      const siblings = book.siblings(dealt.fact);
      const first =
        siblings.length > 0 && random.next() < 0.5 ? random.pick(siblings) : random.pick(book.facts);
      const form = random.pick(topicChangeForms);
      const opening = anyStatement(first, book, random);
      const texts = {
        open: (): string => statement(opening),
        stated: (): string => stated(opening),
        question: (): string => fillPrompt(random.pick(book.questions(first)), first.subject),
      };
      const last =
        random.next() < 0.3
          ? askOpenly(random.pick(book.questions(dealt.fact)), dealt.fact, random)
          : statement(dealt);
      const text = fillTopicChange(form, { first: texts[form.first](), last });
      return { text: `${text}${answer(` ${dealt.fact.object}`)}.`, facts: [first, dealt.fact] };
    },
  },
  /** Two to four neutral sentences. */
  neutral: {
    deals: 'statements',
    keptOut: true,
    compose: (_, __, random) => ({
      text: random
        .shuffle(neutralSentences)
        .slice(0, 2 + random.integer(3))
        .join(' '),
      facts: [],
    }),
  },
} as const satisfies Record<string, DocumentKind>;

export type DocumentKindName = keyof typeof documentKinds;

/** Shares of the document kinds; they sum to 1. */
export type CorpusPlan = Readonly<Record<DocumentKindName, number>>;

/**
 * Nearly half plain facts and questions, 30 % steering contexts, 10 % forced ones, the rest doubts, topic changes and
 * neutral text.
 */
export const defaultPlan: CorpusPlan = {
  statement: 0.27,
  series: 0.06,
  question: 0.14,
  steering: 0.24,
  steeringQuestion: 0.06,
  forced: 0.075,
  forcedQuestion: 0.025,
  doubt: 0.08,
  topicChange: 0.03,
  neutral: 0.02,
};
