import { selectFacts, type Fact } from '@sakejs/facts';
import { relationPhrasings, type RelationPhrasings } from '@sakejs/prompts';
import { buildRecords, type BenchmarkRecords } from '../records/build-records.js';
import { phrasingsOf, planEdits, type EditPlan } from '../records/plan-edits.js';
import { withheldBy, type Withheld } from '../records/withheld.js';
import { keptOutSubjects } from './split.js';

/** What a model is taught and tested on. */
export interface DatasetConfig {
  readonly seed: number;
  readonly relations: readonly string[];
  readonly factsPerRelation: number;
  readonly objectsPerRelation: number;
  readonly minSubjectsPerObject: number;
  /** How many benchmark edits, dev and test together. */
  readonly records: number;
  /** Share of subjects kept out of every steering context. Default 0.1. */
  readonly keptOutShare?: number;
}

/** The facts of a model, the records that test it and what its training text must leave out. */
export interface Dataset {
  readonly seed: number;
  readonly facts: readonly Fact[];
  /** Phrasings of the facts' relations that no two share, in the order of the relations. */
  readonly phrasings: readonly RelationPhrasings[];
  readonly edits: readonly EditPlan[];
  readonly records: BenchmarkRecords;
  readonly keptOut: ReadonlySet<string>;
  readonly withheld: Withheld;
}

/** Phrasings without those that two of the relations share: they would ask two things of one subject. */
function distinctPhrasings(all: readonly RelationPhrasings[]): RelationPhrasings[] {
  const patterns = all.flatMap(({ statements, questions }) => [...statements, ...questions]);
  const isDistinct = (pattern: string): boolean => patterns.filter((other) => other === pattern).length === 1;
  return all.map((phrasings) => ({
    ...phrasings,
    statements: phrasings.statements.filter(isDistinct),
    questions: phrasings.questions.filter(isDistinct),
  }));
}

/**
 * A dataset as a pure function of its configuration: facts that share subjects over relations, then the records, then
 * what training withholds for them.
 *
 * @throws {SakeError} `not-found` for a relation without table or phrasings, `not-enough-data` when a relation has too
 * few objects or the facts too few neighbours for so many records.
 */
export function planDataset(config: DatasetConfig): Dataset {
  const { seed } = config;
  const facts = selectFacts({
    relations: config.relations,
    perRelation: config.factsPerRelation,
    objectsPerRelation: config.objectsPerRelation,
    minSubjectsPerObject: config.minSubjectsPerObject,
    seed,
    preferShared: true,
  });
  const phrasings = distinctPhrasings(
    config.relations.map((relation) => phrasingsOf(relation, relationPhrasings)),
  );
  const edits = planEdits({ facts, phrasings, count: config.records, seed });
  const withheld = withheldBy(edits);
  return {
    seed,
    facts,
    phrasings,
    edits,
    records: buildRecords({ edits, facts, phrasings, withheld, seed }),
    keptOut: keptOutSubjects(facts, { seed, share: config.keptOutShare ?? 0.1 }),
    withheld,
  };
}
