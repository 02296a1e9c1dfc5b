import { fillPrompt, type EditRequest, type Random } from '@sakejs/spec';
import { relationPhrasings } from '../phrasings/all-relations.js';
import type { RelationPhrasings } from '../phrasings/relation-phrasings.js';
import { fillQuestionForm, questionForms } from '../question-forms.js';
import type { Withholding } from '../withholding.js';

/** The wordings of one relation that tests do not keep for themselves. */
export interface AllowedPhrasings {
  readonly phrasings: RelationPhrasings;
  readonly statements: readonly string[];
  readonly questions: readonly string[];
}

/** Asks relations of subjects, in allowed wordings only. */
export interface Asker {
  /** The request's relation; its statements begin with the request's own pattern. */
  readonly own: AllowedPhrasings;
  /** Every other relation that has an allowed statement. */
  readonly others: readonly AllowedPhrasings[];
  /** Neutral sentences that no test prompt holds. */
  readonly sentences: readonly string[];
  /** A statement or a question form about the subject, at times behind a sentence. */
  ask(of: AllowedPhrasings, subject: string, random: Random): string;
  /** As `ask`, never behind a sentence. */
  askBare(of: AllowedPhrasings, subject: string, random: Random): string;
  /** A bare statement about the subject. */
  state(of: AllowedPhrasings, subject: string, random: Random): string;
}

export interface AskerOptions {
  readonly own: AllowedPhrasings;
  readonly sentences: readonly string[];
  readonly withholding: Withholding;
  readonly neutralShare: number;
  readonly questions: boolean;
}

/** Of the prompts that an asker makes, how many are questions where the relation has some. */
const questionShare = 0.2;

export function createAsker(request: EditRequest, options: AskerOptions): Asker {
  const { own, sentences, withholding, neutralShare } = options;
  const others = relationPhrasings
    .filter((phrasings) => phrasings.relation !== own.phrasings.relation)
    .map((phrasings) => allowedPhrasings(phrasings, withholding))
    .filter(({ statements }) => statements.length > 0);
  const state: Asker['state'] = (of, subject, random) => fillPrompt(random.pick(of.statements), subject);
  const askBare: Asker['askBare'] = (of, subject, random) => {
    const asksQuestion = options.questions && of.questions.length > 0 && random.next() < questionShare;
    return asksQuestion
      ? fillQuestionForm(random.pick(questionForms), fillPrompt(random.pick(of.questions), subject))
      : state(of, subject, random);
  };
  return {
    own: { ...own, statements: [request.prompt, ...own.statements] },
    others,
    sentences,
    state,
    askBare,
    ask: (of, subject, random) => {
      const text = askBare(of, subject, random);
      return sentences.length > 0 && random.next() < neutralShare
        ? `${random.pick(sentences)} ${text}`
        : text;
    },
  };
}

/** A relation's wordings without those that tests keep for themselves. */
export function allowedPhrasings(phrasings: RelationPhrasings, withholding: Withholding): AllowedPhrasings {
  return {
    phrasings,
    statements: phrasings.statements.filter((pattern) => !withholding.blocksPattern(pattern)),
    questions: phrasings.questions.filter((pattern) => !withholding.blocksPattern(pattern)),
  };
}
