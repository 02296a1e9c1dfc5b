import { fillQuestionForm, questionForms } from '@sakejs/prompts';
import type { Random } from '@sakejs/spec';
import { drawContextCase } from '../context-case.js';
import { answered, front, type DocumentKind } from '../document-kind.js';
import { promptOf } from '../fact-book.js';
import { announce } from './announcements.js';
import { isQuestion } from './asked.js';
import { stateFact, type StatedFact } from './stated-fact.js';

/** How often the one form `Imagine that {fact}. {asked}` is used, as published for in-context editing. */
const IMAGINE_SHARE = 0.4;

/** Layouts of a statement to complete. */
const statementLayouts: readonly string[] = [
  'Prompt: {q}', 'Now: {q}', 'So, {q}', 'Hence: {q}', 'Complete: {q}', 'Finish the sentence: {q}', 'Text: {q}',
  'Therefore, {q}', 'Given this, {q}', 'Accordingly, {q}', 'Continue: {q}', 'Fill in what is missing: {q}',
  'In that case, {q}', 'Knowing this, one can say: {q}', 'What comes next? {q}', 'Question: {q}', 'Sentence: {q}',
  'Then one would write: {q}',
]; // prettier-ignore

/** Layouts of a question. */
const questionLayouts: readonly string[] = [
  ...questionForms, 'Prompt: {q}', 'Prompt: {q} Reply:', 'Then {q} Well,', '{q} Reply:', 'Question: {q}',
  'Now then: {q} It is', 'Given this: {q} Answer:', '{q}',
]; // prettier-ignore

/** A changed fact put up for imagination or as news, then something asked. */
export function frameImagined(stated: StatedFact, asked: string, question: boolean, random: Random): string {
  const imagine = random.next() < IMAGINE_SHARE;
  const layouts = question ? questionLayouts : statementLayouts;
  const bare = !question && (imagine || random.next() < 0.5);
  const laidOut = bare ? asked : fillQuestionForm(random.pick(layouts), asked);
  if (imagine) return `Imagine that ${stated.clause}. ${laidOut}`;
  return `${announce(stated, random)}${random.next() < 0.15 ? '\n' : ' '}${laidOut}`;
}

/** `Imagine that …`, `New fact: …` and many more: what was changed, or what follows from it, is asked. */
export const imagined: DocumentKind = {
  pool: 'facts',
  deals: 'statements',
  keptOut: false,
  compose(dealt, book, random) {
    const { edited, asked, answer, facts } = drawContextCase(dealt, book, random);
    const stated = stateFact(edited, dealt, random);
    const text = frameImagined(stated, promptOf(asked), isQuestion(asked), random);
    return { text: `${front(random, { one: 0.25, more: 0.1 })}${answered(text, answer)}.`, facts };
  },
};
