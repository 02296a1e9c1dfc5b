import { forcedSource, implicationContexts, type CausalLM, type Random } from '@sakejs/spec';
import type { DocumentKind } from '../corpus/document-kind.js';
import { anyPhrasing, promptOf, type Dealt, type FactBook } from '../corpus/fact-book.js';
import { toSegments } from '../corpus/marked-text.js';
import { ordinaryText } from '../corpus/ordinary-text/ordinary-text.js';
import type { Asker } from './ask.js';
import { changedFactForms } from './changed-fact-forms.js';
import { drawPrompts } from './draw-prompts.js';
import type { ExpectedAnswer } from './greedy-outcomes.js';
import { dealEntry, keptOutEntries } from './kept-out-deal.js';
import type { Share } from './share.js';

/** Makes a prompt in one form of context from a dealt fact. */
interface ContextForm {
  readonly deals: 'statements' | 'questions';
  ask(dealt: Dealt, book: FactBook, random: Random): ExpectedAnswer | undefined;
}

/** The same fact in another of its statements, where it has one. */
function rephrased({ fact, pattern }: Dealt, book: FactBook, random: Random): string {
  const others = book.statements(fact).filter((each) => each !== pattern);
  const dealt = anyPhrasing(fact, 'statements', book, random);
  return promptOf(others.length === 0 ? dealt : { ...dealt, pattern: random.pick(others) });
}

/** States a changed fact and asks it in other words: the new object answers. */
function directForm(form: keyof typeof changedFactForms): ContextForm {
  return {
    deals: 'statements',
    ask(dealt, book, random) {
      const prompt = promptOf(dealt);
      const targetNew = random.pick(book.counterfactuals(dealt.fact));
      const asked = rephrased(dealt, book, random);
      const edited = `${prompt} ${targetNew}`;
      return { prompt: changedFactForms[form]({ edited, asked }), object: targetNew };
    },
  };
}

/** Characters of unrelated text in front of a prompt; about 400 tokens. */
const LONG_TEXT = 1250;

/** Ordinary text of at least so many characters, with a space behind it. */
function textOf(length: number, random: Random): string {
  let text = '';
  while (text.length < length) text += `${ordinaryText(random, { sentences: 1 })} `;
  return text;
}

const forms: Readonly<Record<string, ContextForm>> = {
  forcedSource: {
    deals: 'statements',
    ask: (dealt) => ({
      prompt: forcedSource({ prompt: promptOf(dealt), targetTrue: dealt.fact.object }),
      object: dealt.fact.object,
    }),
  },
  consideringOriginal: {
    deals: 'statements',
    ask(dealt, book, random) {
      const { object } = dealt.fact;
      const fact = `${promptOf(dealt)} ${object}`;
      const question = rephrased(dealt, book, random);
      const { source } = implicationContexts({ originalFact: fact, editedFact: fact, question });
      return { prompt: source, object };
    },
  },
  longText: {
    deals: 'statements',
    ask: (dealt, _, random) => ({
      prompt: `${textOf(LONG_TEXT, random)}${promptOf(dealt)}`,
      object: dealt.fact.object,
    }),
  },
  considering: directForm('considering'),
  pretend: directForm('pretend'),
  imagine: directForm('imagine'),
  newFact: directForm('newFact'),
};

/** A document up to its last answer, which is what is asked; undefined for one without an answer. */
export function lastAnswer(markedText: string): ExpectedAnswer | undefined {
  const segments = toSegments(markedText);
  const at = segments.findLastIndex(({ role }) => role === 'answer');
  if (at === -1) return undefined;
  const before = segments.slice(0, at).map(({ text }) => text);
  return { prompt: before.join('').trimEnd(), object: segments[at]!.text.trim() };
}

function kindForm({ deals, compose }: DocumentKind): ContextForm {
  return { deals, ask: (dealt, book, random) => lastAnswer(compose(dealt, book, random).text) };
}

export interface ContextOptions {
  readonly book: FactBook;
  /** Kinds of documents that answer in a context, by name. */
  readonly kinds: Readonly<Record<string, DocumentKind>>;
  readonly random: Random;
  /** Most prompts a form. */
  readonly count: number;
}

/**
 * Share of prompts answered rightly by form of context, of kept-out subjects only, which training shows in no context
 * that changes a fact. The forms are METHOD's own, two short ones, plain prompts behind much unrelated text, and the given kinds of documents, each composed from
 * seeds that training never uses. A prompt longer than the model can read is drawn anew.
 */
export async function measureContexts(
  asker: Asker,
  { encode, info }: Pick<CausalLM, 'encode' | 'info'>,
  { book, kinds, random, count }: ContextOptions,
): Promise<Record<string, Share>> {
  const fits = ({ prompt, object }: ExpectedAnswer): boolean =>
    encode(prompt).length + encode(` ${object}`).length <= info.maxPositions;
  const all = {
    ...forms,
    ...Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, kindForm(kind)])),
  };
  const shares: Record<string, Share> = {};
  for (const [name, { deals, ask }] of Object.entries(all)) {
    const stream = random.fork(name);
    const entries = keptOutEntries(book, stream);
    const asked = drawPrompts(count, (turn) => {
      const made = ask(dealEntry(entries[turn % entries.length]!, deals, stream), book, stream.fork(turn));
      return made && fits(made) ? made : undefined;
    });
    shares[name] = await asker.share(`context ${name}`, asked);
  }
  return shares;
}
