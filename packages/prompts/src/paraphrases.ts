import { fillPrompt, type EditRequest, type Random } from '@sakejs/spec';
import { fillQuestionForm, questionForms } from './question-forms.js';
import { normalizeWording } from './wording.js';

/** What paraphrases are put together from. */
export interface ParaphraseParts {
  /** Patterns that end where the object follows. */
  readonly statements: readonly string[];
  /** Question patterns; each is put in every form of `questionForms`. */
  readonly questions: readonly string[];
  /** Sentences for the front. */
  readonly sentences: readonly string[];
  /** Share of prompts with a sentence in front, while a wording is still unused without. */
  readonly neutralShare: number;
}

/** A paraphrase and which wording it was made from: 0 for the request's own prompt. */
export interface Paraphrase {
  readonly text: string;
  readonly wording: number;
}

/** One wording with what has been made of it. */
interface Wording {
  readonly index: number;
  readonly random: Random;
  readonly bare: string[];
  readonly prefixed: string[];
}

/**
 * Every paraphrase that the parts allow, each once, in a seeded order.
 *
 * Goes round all wordings before one comes again, each time bare or behind a
 * sentence that it has not had. The first n of one seed are the first n of any longer run.
 */
export function* paraphrases(
  request: EditRequest,
  parts: ParaphraseParts,
  random: Random,
): Generator<Paraphrase> {
  const fill = (pattern: string): string => fillPrompt(pattern, request.subject);
  const isOwn = (pattern: string): boolean => normalizeWording(pattern) === normalizeWording(request.prompt);
  const plains = [
    [fill(request.prompt)],
    ...parts.statements.filter((statement) => !isOwn(statement)).map((statement) => [fill(statement)]),
    ...parts.questions.map((question) => questionForms.map((form) => fillQuestionForm(form, fill(question)))),
  ];
  let wordings = plains.map((plain, index): Wording => {
    const stream = random.fork(`wording ${index}`);
    // The request's own prompt stands in front of everything already, so only its prefixed forms are left.
    return {
      index,
      random: stream,
      bare: index === 0 ? [] : stream.shuffle(plain),
      prefixed: stream.shuffle(
        parts.sentences.flatMap((sentence) => plain.map((text) => `${sentence} ${text}`)),
      ),
    };
  });
  while (wordings.length > 0) {
    for (const wording of random.shuffle(wordings)) {
      const prefixFirst = wording.random.next() < parts.neutralShare;
      const queue =
        (prefixFirst && wording.prefixed.length > 0) || wording.bare.length === 0
          ? wording.prefixed
          : wording.bare;
      const next = queue.pop();
      if (next !== undefined) yield { text: next, wording: wording.index };
    }
    wordings = wordings.filter(({ bare, prefixed }) => bare.length + prefixed.length > 0);
  }
}
