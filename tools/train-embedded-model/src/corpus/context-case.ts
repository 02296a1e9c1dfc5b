import type { Fact } from '@sakejs/facts';
import type { Random } from '@sakejs/spec';
import { anyPhrasing, promptOf, type Dealt, type FactBook } from './fact-book.js';
import { claim } from './marked-text.js';

/** A changed fact and something that is asked after it was stated. */
export interface ContextCase {
  /** What the question has to do with the change. */
  readonly relevance: 'direct' | 'firstHop' | 'secondHop' | 'unrelated';
  /** The fact as it is, a sentence without its full stop. */
  readonly original: string;
  /** The changed fact, a sentence without its full stop, its object marked as a claim. */
  readonly edited: string;
  /** A statement to complete; where `questions` is asked for, often a question. */
  readonly asked: Dealt;
  /** What follows: the new object, what follows from it, or, for an unrelated question, what is true. */
  readonly answer: string;
  readonly facts: readonly Fact[];
}

/** How often each relevance is drawn where the facts allow it; what they do not allow is drawn as `direct`. */
const shares = { direct: 0.4, firstHop: 0.3, secondHop: 0.12, unrelated: 0.18 } as const;

/**
 * Draws what is asked after a dealt fact was changed:
 *
 * - `direct`: the same fact in any phrasing; the new object answers.
 * - `firstHop`: something of the object (`the capital of the country that s is a citizen of`); the new object's answers.
 * - `secondHop`: the changed fact of an object of another subject; the new object answers.
 * - `unrelated`: another fact, of the same subject where there is one; the truth answers.
 */
export function drawContextCase(dealt: Dealt, book: FactBook, random: Random): ContextCase {
  const { fact } = dealt;
  const prompt = promptOf(dealt);
  const chance = random.next();
  const made =
    chance < shares.firstHop
      ? firstHop(fact, book, random)
      : chance < shares.firstHop + shares.secondHop
        ? secondHop(fact, book, random)
        : chance < 1 - shares.direct
          ? unrelatedTo(fact, book, random)
          : undefined;
  const { relevance, targetNew, asked, answer } = made ?? direct(dealt, book, random);
  return {
    relevance,
    original: `${prompt} ${fact.object}`,
    edited: `${prompt} ${claim(targetNew)}`,
    asked,
    answer,
    facts: [fact, ...asked.facts.filter((each) => each !== fact)],
  };
}

/** A case before the changed fact is worded. */
export type HopCase = Pick<ContextCase, 'relevance' | 'asked' | 'answer'> & { readonly targetNew: string };

function direct(dealt: Dealt, book: FactBook, random: Random): HopCase {
  const targetNew = random.pick(book.counterfactuals(dealt.fact));
  const form = random.next() < 0.25 ? 'questions' : 'statements';
  const asked = random.next() < 0.25 ? dealt : anyPhrasing(dealt.fact, form, book, random);
  return { relevance: 'direct', targetNew, asked, answer: targetNew };
}

/** A question of what the changed fact's object is: undefined where none can be asked. */
export function firstHop(fact: Fact, book: FactBook, random: Random): HopCase | undefined {
  const descriptions = book.descriptions(fact);
  if (descriptions.length === 0) return undefined;
  const asks = (object: string): Fact[] =>
    book.secondHops(object).filter(({ relation }) => relation !== fact.relation);
  const targets = book.counterfactuals(fact).filter((object) => asks(object).length > 0);
  if (targets.length === 0) return undefined;
  const targetNew = random.pick(targets);
  const second = random.pick(asks(targetNew));
  return {
    relevance: 'firstHop',
    targetNew,
    asked: viaFirstHop(fact, second, book, random),
    answer: second.object,
  };
}

/** A two-hop statement: the second fact asked of what the first fact's object is described by. */
function viaFirstHop(first: Fact, second: Fact, book: FactBook, random: Random): Dealt {
  return {
    fact: second,
    subject: random.pick(book.descriptions(first)),
    pattern: random.pick(book.statementsVia(first, second)),
    facts: [first, second],
  };
}

/** A question that reaches the changed fact by way of another one: undefined where none leads there. */
export function secondHop(fact: Fact, book: FactBook, random: Random): HopCase | undefined {
  const firsts = book.firstHops(fact).filter((first) => !book.isKeptOut(first));
  if (firsts.length === 0) return undefined;
  const targetNew = random.pick(book.counterfactuals(fact));
  const asked = viaFirstHop(random.pick(firsts), fact, book, random);
  return { relevance: 'secondHop', targetNew, asked, answer: targetNew };
}

function unrelatedTo(fact: Fact, book: FactBook, random: Random): HopCase | undefined {
  const siblings = book.siblings(fact);
  const other = siblings.length > 0 && random.next() < 0.5 ? random.pick(siblings) : random.pick(book.facts);
  if (other === fact || book.isKeptOut(other)) return undefined;
  return {
    relevance: 'unrelated',
    targetNew: random.pick(book.counterfactuals(fact)),
    asked: anyPhrasing(other, 'statements', book, random),
    answer: other.object,
  };
}
