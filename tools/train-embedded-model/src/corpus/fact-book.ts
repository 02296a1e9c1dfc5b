import type { Fact } from '@sakejs/facts';
import { fillQuestionForm, questionForms } from '@sakejs/prompts';
import { fillPrompt, SakeError, type Random } from '@sakejs/spec';
import { groupFacts } from '../records/group-facts.js';
import { phrasingsOf } from '../records/plan-edits.js';
import type { Dataset } from './plan-dataset.js';

/** What may be said of each fact in training: phrasings that are not withheld, objects that may replace the true one. */
export interface FactBook {
  readonly facts: readonly Fact[];
  statements(fact: Fact): readonly string[];
  questions(fact: Fact): readonly string[];
  /** Other objects of the relation, without the new object of the fact's record. */
  counterfactuals(fact: Fact): readonly string[];
  /** Facts of the same subject in other relations. */
  siblings(fact: Fact): readonly Fact[];
}

/** @throws {SakeError} `not-enough-data` when a fact has no statement, no question or no counterfactual left. */
export function createFactBook({ facts, phrasings, withheld }: Dataset): FactBook {
  const objects = new Map(
    [...groupFacts(facts, 'relation')].map(([relation, known]) => [
      relation,
      [...groupFacts(known, 'object').keys()],
    ]),
  );
  const bySubject = groupFacts(facts, 'subject');
  const entries = new Map(
    facts.map((fact) => {
      const { statements, questions } = phrasingsOf(fact.relation, phrasings);
      const allowed = (pattern: string): boolean => !withheld.has(fact.subject, pattern);
      const targetNew = withheld.targetNew(fact.subject, fact.relation);
      const entry = {
        statements: statements.filter(allowed),
        questions: questions.filter(allowed),
        counterfactuals: objects
          .get(fact.relation)!
          .filter((object) => object !== fact.object && object !== targetNew),
        siblings: bySubject.get(fact.subject)!.filter((other) => other !== fact),
      };
      for (const part of ['statements', 'questions', 'counterfactuals'] as const)
        if (entry[part].length === 0)
          throw new SakeError(
            'not-enough-data',
            `createFactBook: expected ${part} for (${fact.subject}, ${fact.relation}), got none; add phrasings or objects`,
          );
      return [fact, entry];
    }),
  );
  const entryOf = (fact: Fact): NonNullable<ReturnType<typeof entries.get>> => {
    const entry = entries.get(fact);
    if (!entry)
      throw new SakeError(
        'not-found',
        `fact book: expected a fact of the dataset, got (${fact.subject}, ${fact.relation})`,
      );
    return entry;
  };
  return {
    facts,
    statements: (fact) => entryOf(fact).statements,
    questions: (fact) => entryOf(fact).questions,
    counterfactuals: (fact) => entryOf(fact).counterfactuals,
    siblings: (fact) => entryOf(fact).siblings,
  };
}

/** A question about the fact's subject in one of the layouts that leave the answer open. */
export function askOpenly(question: string, fact: Fact, random: Random): string {
  return fillQuestionForm(random.pick(questionForms), fillPrompt(question, fact.subject));
}
