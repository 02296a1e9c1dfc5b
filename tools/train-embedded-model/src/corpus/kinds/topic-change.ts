import { fillTopicChange, topicChangeForms } from '@sakejs/prompts';
import { fillPrompt } from '@sakejs/spec';
import { answered, front, type DocumentKind } from '../document-kind.js';
import { anyPhrasing, askOpenly, promptOf } from '../fact-book.js';

/** One thing first and another last, which is answered; half of the time of the same subject where it has one. */
export const topicChange: DocumentKind = {
  pool: 'facts',
  deals: 'statements',
  keptOut: true,
  compose: (dealt, book, random) => {
    const siblings = book.siblings(dealt.fact);
    const first =
      siblings.length > 0 && random.next() < 0.5 ? random.pick(siblings) : random.pick(book.facts);
    const form = random.pick(topicChangeForms);
    const opening = promptOf(anyPhrasing(first, 'statements', book, random));
    const texts = {
      open: (): string => opening,
      stated: (): string => answered(opening, first.object),
      question: (): string => fillPrompt(random.pick(book.questions(first)), first.subject),
    };
    const last =
      random.next() < 0.3
        ? askOpenly(anyPhrasing(dealt.fact, 'questions', book, random), random)
        : promptOf(dealt);
    const text = fillTopicChange(form, { first: texts[form.first](), last });
    return {
      text: `${front(random, { one: 0.15, more: 0 })}${answered(text, dealt.fact.object)}.`,
      facts: [first, dealt.fact],
    };
  },
};
