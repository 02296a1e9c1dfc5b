import type { Fact } from '@sakejs/facts';
import { fillDescription, fillQuestionForm, questionForms } from '@sakejs/prompts';
import { fillPrompt, SakeError, type Random } from '@sakejs/spec';
import { groupFacts } from '../records/group-facts.js';
import { createPhrasingIndex } from './phrasing-index.js';
import type { Dataset } from './plan-dataset.js';

/** What documents are dealt from. */
export type PoolName = 'facts' | 'compositions' | 'aliases';

/** A fact with a text that stands for its subject, and one of its phrasings. */
export interface Dealt {
  /** The fact whose object answers. */
  readonly fact: Fact;
  /** The subject's own name, an alias of it, or a description: `the country that … is a citizen of`. */
  readonly subject: string;
  readonly pattern: string;
  /** Every fact that it asks of; two for a composition. */
  readonly facts: readonly Fact[];
}

/** A pool's entry: what is dealt, before a phrasing is chosen. */
export interface PoolEntry {
  readonly fact: Fact;
  /** Texts that stand for the subject. */
  readonly subjects: readonly string[];
  readonly statements: readonly string[];
  readonly questions: readonly string[];
  readonly facts: readonly Fact[];
}

/** What may be said of each fact in training: phrasings that are not withheld, objects that may replace the true one. */
export interface FactBook {
  readonly facts: readonly Fact[];
  pool(name: PoolName): readonly PoolEntry[];
  statements(fact: Fact): readonly string[];
  questions(fact: Fact): readonly string[];
  /** Other objects of the relation, without the new object of the fact's record. */
  counterfactuals(fact: Fact): readonly string[];
  /** Facts of the same subject in other relations. */
  siblings(fact: Fact): readonly Fact[];
  /** Facts that a second hop may ask of an object: `(France, capital, Paris)`. */
  secondHops(object: string): readonly Fact[];
  /** Facts whose object is this fact's subject, in relations that describe it: first hops that lead here. */
  firstHops(fact: Fact): readonly Fact[];
  /** Statements that ask the second fact by way of the first: those that neither subject has withheld. */
  statementsVia(first: Fact, second: Fact): readonly string[];
  /** Texts that describe the fact's object by its subject: `the country that … is a citizen of`; none for most relations. */
  descriptions(fact: Fact): readonly string[];
  /** Whether the subject may stand in contexts. */
  isKeptOut(fact: Fact): boolean;
}

/** @throws {SakeError} `not-enough-data` when a fact has no statement, no question or no counterfactual left. */
export function createFactBook(dataset: Dataset): FactBook {
  const { facts, withheld, compositions, aliases, keptOut, secondRelations } = dataset;
  const index = createPhrasingIndex(dataset);
  const objects = new Map(
    [...groupFacts(facts, 'relation')].map(([relation, known]) => [
      relation,
      [...groupFacts(known, 'object').keys()],
    ]),
  );
  const bySubject = groupFacts(facts, 'subject');
  const byObject = groupFacts(facts, 'object');
  const second = new Set(secondRelations);
  const fail = (fact: Fact, part: string): never => {
    throw new SakeError(
      'not-enough-data',
      `createFactBook: expected ${part} for (${fact.subject}, ${fact.relation}), got none; add phrasings or objects`,
    );
  };
  const without = (names: readonly string[], patterns: readonly string[]): string[] =>
    patterns.filter((pattern) => !names.some((name) => withheld.has(name, pattern)));
  const entries = new Map(
    facts.map((fact) => {
      const targetNew = withheld.targetNew(fact.subject, fact.relation);
      const known = objects.get(fact.relation)!;
      const entry = {
        statements: without([fact.subject], index.statements(fact)),
        questions: without([fact.subject], index.questions(fact)),
      };
      for (const part of ['statements', 'questions'] as const) if (entry[part].length === 0) fail(fact, part);
      if (!known.some((object) => object !== fact.object && object !== targetNew))
        fail(fact, 'counterfactuals');
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
  const describe = (fact: Fact): readonly string[] =>
    index.descriptions(fact).map((description) => fillPrompt(description, fact.subject));
  const pools: Record<PoolName, () => readonly PoolEntry[]> = {
    facts: () => facts.map((fact) => ({ fact, subjects: [fact.subject], facts: [fact], ...entryOf(fact) })),
    compositions: () =>
      compositions
        .filter(({ shown }) => shown)
        .map(({ first, second: fact }) => ({
          fact,
          subjects: describe(first),
          facts: [first, fact],
          statements: without([first.subject], entryOf(fact).statements),
          questions: without([first.subject], entryOf(fact).questions),
        })),
    aliases: () =>
      aliases.flatMap(({ subject, alias }) =>
        bySubject.get(subject)!.map((fact) => ({
          fact,
          subjects: [alias],
          facts: [fact],
          statements: without([subject, alias], index.statements(fact)),
          questions: without([subject, alias], index.questions(fact)),
        })),
      ),
  };
  const made = new Map<PoolName, readonly PoolEntry[]>();
  return {
    facts,
    pool(name) {
      const pool = made.get(name) ?? pools[name]();
      made.set(name, pool);
      return pool;
    },
    statements: (fact) => entryOf(fact).statements,
    questions: (fact) => entryOf(fact).questions,
    counterfactuals: (fact) => {
      const targetNew = withheld.targetNew(fact.subject, fact.relation);
      return objects.get(fact.relation)!.filter((object) => object !== fact.object && object !== targetNew);
    },
    siblings: (fact) => bySubject.get(fact.subject)!.filter((other) => other !== fact),
    secondHops: (object) => (bySubject.get(object) ?? []).filter(({ relation }) => second.has(relation)),
    firstHops: (fact) =>
      (byObject.get(fact.subject) ?? []).filter((each) => index.descriptions(each).length > 0),
    statementsVia: (first, second) => without([first.subject], entryOf(second).statements),
    descriptions: describe,
    isKeptOut: ({ subject }) => keptOut.has(subject),
  };
}

/** The dealt phrasing with its subject in place; a description at its start gets a capital. */
export function promptOf({ pattern, subject, facts }: Dealt): string {
  return facts.length > 1 ? fillDescription(pattern, subject) : fillPrompt(pattern, subject);
}

/** A question about the dealt subject in one of the layouts that leave the answer open. */
export function askOpenly(dealt: Dealt, random: Random): string {
  return fillQuestionForm(random.pick(questionForms), promptOf(dealt));
}

/** One of the fact's statements or questions, its subject by name. */
export function anyPhrasing(
  fact: Fact,
  form: 'statements' | 'questions',
  book: FactBook,
  random: Random,
): Dealt {
  return { fact, subject: fact.subject, pattern: random.pick(book[form](fact)), facts: [fact] };
}
