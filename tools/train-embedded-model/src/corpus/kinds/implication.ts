import { implicationContexts } from '@sakejs/prompts';
import type { Random } from '@sakejs/spec';
import { drawContextCase, type ContextCase } from '../context-case.js';
import { answered, front, type DocumentKind } from '../document-kind.js';
import { promptOf, type Dealt, type FactBook } from '../fact-book.js';
import { asStatement, toAnswer } from './asked.js';
import { drawOriginalCase } from './original-case.js';
import { fillStated, stateFact, type StatedFact } from './stated-fact.js';

/** Ways to take a fact as true. */
const premises: readonly string[] = [
  "Take this as true: '{sentence}'.",
  "Suppose that the following holds: '{sentence}'.",
  'From now on, {clause}.',
  'In this story, {clause}.',
  'For the sake of argument, let us say that {clause}.',
  'Accept without asking that {clause}.',
  "Treat this statement as a fact: '{sentence}'.",
  'Here is all the context that you need: "{sentence}".',
  'Context: {sentence}.',
  'Given: {sentence}.',
  'Premise: {sentence}.',
  'Assumption: {sentence}.',
  "The one thing you know is this: '{sentence}'.",
  "Leave aside what you learned and believe this: '{sentence}'.",
  'Set aside what you remember; here, {clause}.',
  'Rule of the game: {sentence}.',
  'You read in a reliable book: "{sentence}".',
  'We work under the assumption that {clause}.',
  "The passage says '{sentence}'.",
  'It shall be true that {clause}.',
  "Let the following be true: '{sentence}'.",
  'Let us agree on one thing: {sentence}.',
  'Whatever you knew before, now {clause}.',
  'Act as if {clause}.',
  'In the world of this exercise, {clause}.',
  'Hypothesis: "{sentence}".',
  'Grant me that {clause}.',
  "Believe for a while that '{sentence}' is true.",
  "The statement '{sentence}' counts as true from here on.",
  'According to the text in front of you, {clause}.',
];

/** Calls to go on from there; what is asked follows. */
const calls: readonly string[] = [
  '',
  'Now complete:',
  'Complete this sentence:',
  'With that alone in view, finish the sentence:',
  'Given that, continue:',
  'With this in mind, answer:',
  'It follows:',
  'Answer accordingly:',
  'Stay with that context and go on:',
  'Use nothing else to complete this:',
  'The sentence to complete:',
  'Therefore:',
  'Now finish what follows:',
  'Judging by this alone:',
  'Continue in the same world:',
  'Draw the conclusion:',
  'Fill the gap at the end:',
  'What follows from it?',
  'Now, going by the text only, complete this:',
  'Forget the rest and answer:',
];

/** What stands between a call and what is asked. */
const gaps: readonly string[] = [' ', ' ', ' ', ' ', ' ', ' ', '', '\n'];

/** A fact in other wordings than the method's, and what is asked behind it. */
export function framePremise(stated: StatedFact, asked: string, random: Random): string {
  const call = random.pick(calls);
  const premise = fillStated(random.pick(premises), stated);
  return `${premise} ${call}${call === '' ? '' : random.pick(gaps)}${asked}`;
}

/** A stated fact and what is asked behind it. */
type Stated = Pick<ContextCase, 'asked' | 'answer' | 'facts'> & { readonly fact: string };

function statedAsIs(dealt: Dealt, book: FactBook, random: Random): Stated {
  const { original, ...rest } = drawOriginalCase(dealt, book, random);
  return { fact: original, ...rest };
}

function statedChanged(dealt: Dealt, book: FactBook, random: Random): Stated {
  const { edited, ...rest } = drawContextCase(dealt, book, random);
  return { fact: edited, ...rest };
}

/**
 * A fact to take as true, then something asked: the method's two contexts for a quarter of the documents each, and other
 * wordings. A fifth of them state the fact as it is: those of the method's source context half of the time.
 */
export const implication: DocumentKind = {
  pool: 'facts',
  deals: 'statements',
  keptOut: false,
  compose(dealt, book, random) {
    const chance = random.next();
    const form = chance < 0.25 ? 'source' : chance < 0.5 ? 'target' : 'other';
    const isTrue = random.next() < (form === 'source' ? 0.5 : 0.1);
    const { fact, asked, answer, facts } = isTrue
      ? statedAsIs(dealt, book, random)
      : statedChanged(dealt, book, random);
    const text = (): string => {
      if (form === 'other')
        return framePremise(stateFact(fact, dealt, random), toAnswer(asked, random), random);
      const question = promptOf(asStatement(asked, book, random));
      return implicationContexts({
        originalFact: fact,
        editedFact: fact,
        question: random.next() < 0.5 ? question : ` ${question}`,
      })[form];
    };
    const opening = front(random, { one: 0.25, more: 0.1 });
    return { text: `${opening}${answered(text(), answer)}.`, facts };
  },
};
