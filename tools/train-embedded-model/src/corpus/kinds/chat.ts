import type { Fact } from '@sakejs/facts';
import type { Random } from '@sakejs/spec';
import { drawContextCase } from '../context-case.js';
import { answered, front, type DocumentKind } from '../document-kind.js';
import { anyPhrasing, promptOf, type Dealt, type FactBook } from '../fact-book.js';
import { answer } from '../marked-text.js';
import { announce } from './announcements.js';
import { isQuestion } from './asked.js';
import { chatStyles, type ChatStyle } from './chat-style.js';
import { otherFact } from './other-fact.js';
import { chatter, greet, type Exchange } from './small-talk.js';
import { stateFact } from './stated-fact.js';

/** How often the one who asks tells a changed fact first. */
const TOLD_SHARE = 0.3;

/** In front of a question or a call to complete. */
const leads: readonly string[] = [
  '', '', '', '', '', '', 'Quick question:', 'Tell me:', 'Do you know this?', 'One more thing:', 'I wonder:',
  'Next question.', 'And now:', 'Help me with this:', 'Please answer:', 'Here is a question for you:',
  'My sister asks:', 'For my homework:', 'For a crossword:', 'What about this one:',
]; // prettier-ignore

/** Calls to complete a statement. */
const calls: readonly string[] = [
  'Complete: {q}', 'Finish the sentence: {q}', 'Please complete this: {q}', 'Fill in the end of "{q}"', '{q} ...',
  '{q}', 'How does this go on: {q}', 'What comes after "{q}"?', 'Continue: {q}', 'Add the missing end: {q}',
  'Which word follows "{q}"?', 'Say how this ends: {q} ...',
]; // prettier-ignore

/** What the answer may follow. */
const replies: readonly string[] = [
  '', '', '', '', '', 'It is', 'That would be', 'The answer is', 'Sure:', 'I believe it is', 'As far as I know:',
  'Good question:', 'Of course:', 'Easy:', 'Here you go:', 'That is', 'In short:', 'I would say', 'Let me see:',
  'Certainly:',
]; // prettier-ignore

/** What is said to what one was told. */
const acknowledgements: readonly string[] = [
  'Noted.', 'All right, I will remember that.', 'Understood.', 'Thanks for letting me know.', 'Okay.',
  'Got it, I will go by that.', 'I have taken note of it.', 'Good to know.', 'Very well.', 'I will keep it in mind.',
  'My entry is updated.', 'As you wish.', 'I will answer accordingly.', 'Fine, from now on that holds.',
]; // prettier-ignore

/** In front of a changed fact. */
const tellings: readonly string[] = [
  '', '', '', 'I have something to tell you.', 'Please note the following.', 'Listen.', 'Before we start:',
  'You should know this.', 'Have you heard?', 'Let me bring you up to date.', 'Let us play a game.',
]; // prettier-ignore

/** Something asked and its answer. A reply on a line of its own never starts with the object. */
function ask(asked: Dealt, object: string, { ownLine }: ChatStyle, random: Random): Exchange {
  const prompt = promptOf(asked);
  const question = isQuestion(asked);
  const call = question ? prompt : random.pick(calls).replace('{q}', () => prompt);
  const lead = random.pick(leads);
  const whole = !question && random.next() < 0.4;
  const reply = whole ? prompt : random.pick(ownLine ? replies.filter((each) => each !== '') : replies);
  return [
    lead === '' ? call : `${lead} ${call}`,
    reply === '' ? answer(` ${object}`) : answered(reply, object),
  ];
}

/** A fact asked for in any of its questions or statements. */
function anyAsked(fact: Fact, book: FactBook, random: Random): Dealt {
  return anyPhrasing(fact, random.next() < 0.65 ? 'questions' : 'statements', book, random);
}

function write(exchanges: readonly Exchange[], style: ChatStyle, random: Random): string {
  const between = style.ownLine ? '\n' : random.pick(['\n', '\n', '\n\n', ' ']);
  const say = (name: string, text: string): string =>
    `${name}${style.ownLine ? '\n' : /^[\ue000\ue001] /.test(text) ? '' : ' '}${text}`;
  return exchanges
    .flatMap(([said, reply]) => [say(style.asker, said), say(style.answerer, reply)])
    .join(between);
}

/**
 * A conversation of one to four questions with true answers, small talk between them. In some the one who asks tells a
 * changed fact first, and the last question is about it.
 */
export const chat: DocumentKind = {
  pool: 'facts',
  deals: 'statements',
  keptOut: false,
  compose(dealt, book, random) {
    const told = random.next() < TOLD_SHARE ? drawContextCase(dealt, book, random) : undefined;
    const style = random.pick(chatStyles);
    const facts = [...(told?.facts ?? [dealt.fact])];
    const exchanges: Exchange[] = [];
    if (random.next() < 0.25) exchanges.push(greet(random));
    if (told) {
      const telling = random.pick(tellings);
      const news = announce(stateFact(told.edited, dealt, random), random);
      exchanges.push([telling === '' ? news : `${telling} ${news}`, random.pick(acknowledgements)]);
    }
    const others = told ? random.integer(2) : Math.min(random.integer(4), random.integer(4));
    for (let i = 0; i < others; i++) {
      const fact = otherFact(book, facts, random);
      facts.push(fact);
      const [said, reply] = ask(anyAsked(fact, book, random), fact.object, style, random);
      exchanges.push([said, `${reply}.`]);
      if (random.next() < 0.3) exchanges.push(chatter(random));
    }
    if (exchanges.length === 0 && random.next() < 0.2) exchanges.push(chatter(random));
    const asked = told?.asked ?? (random.next() < 0.3 ? dealt : anyAsked(dealt.fact, book, random));
    exchanges.push(ask(asked, told?.answer ?? dealt.fact.object, style, random));
    const opening = front(random, { one: 0.1, more: 0.05 });
    return { text: `${opening}${write(exchanges, style, random)}.`, facts };
  },
};
