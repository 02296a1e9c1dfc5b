import { doubtForms, fillDoubtForm } from '@sakejs/prompts';
import { answered, front, type DocumentKind } from '../document-kind.js';
import { anyPhrasing, askOpenly, promptOf } from '../fact-book.js';
import { claim } from '../marked-text.js';
import { announce } from './announcements.js';
import { stateFact } from './stated-fact.js';

/**
 * A claim and a doubt about it; the model stays with what it knows, whether the claim was true or not. Not of kept-out
 * subjects: shown resisting claims and never obeying one, they would be learned as exceptions.
 */
export const doubt: DocumentKind = {
  pool: 'facts',
  deals: 'statements',
  keptOut: false,
  compose(dealt, book, random) {
    const { fact, facts } = dealt;
    const wrong = random.pick(book.counterfactuals(fact));
    const claimed = random.next() < 0.6 ? { old: fact.object, new: wrong } : { old: wrong, new: fact.object };
    const prompt =
      random.next() < 0.25
        ? askOpenly(anyPhrasing(fact, 'questions', book, random), random)
        : promptOf(dealt);
    const text = fillDoubtForm(random.pick(doubtForms), {
      prompt,
      targetTrue: claim(claimed.old),
      targetNew: claim(claimed.new),
    });
    return { text: `${front(random, { one: 0.25, more: 0.1 })}${answered(text, fact.object)}.`, facts };
  },
};

/**
 * A new fact stated, then its object doubted: the model falls back to what it knows, as published for in-context editing.
 */
export const toldThenDoubted: DocumentKind = {
  pool: 'facts',
  deals: 'statements',
  keptOut: false,
  compose(dealt, book, random) {
    const { fact, facts } = dealt;
    const wrong = claim(random.pick(book.counterfactuals(fact)));
    const told = announce(stateFact(`${promptOf(dealt)} ${wrong}`, dealt, random), random);
    const prompt = promptOf(random.next() < 0.5 ? dealt : anyPhrasing(fact, 'statements', book, random));
    const text = fillDoubtForm(random.pick(doubtForms), {
      prompt,
      targetTrue: claim(fact.object),
      targetNew: wrong,
    });
    return {
      text: `${front(random, { one: 0.15, more: 0.05 })}${told} ${answered(text, fact.object)}.`,
      facts,
    };
  },
};
