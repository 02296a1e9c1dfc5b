import { facts as factTables, selectFacts, type Fact } from '@sakejs/facts';
import { relationPhrasings, type RelationPhrasings } from '@sakejs/prompts';
import { buildRecords, type BenchmarkRecords } from '../records/build-records.js';
import { buildPopular, type PopularRecords } from '../records/build-popular.js';
import { phrasingsOf, planEdits, type EditPlan } from '../records/plan-edits.js';
import { planPopular } from '../records/plan-popular.js';
import type { PopularPlan } from '../records/popular-plan.js';
import { createTestPatterns } from '../records/test-patterns.js';
import { withheldBy, type Withheld } from '../records/withheld.js';
import { planAliases, type Alias } from './aliases.js';
import { planCompositions, type Composition } from './compositions.js';
import { keptOutSubjects } from './split.js';

/** Which facts of the relations' tables are taught: a balanced few, or all with labels of at most so many characters. */
export type FactSelection =
  | {
      readonly kind: 'balanced';
      readonly factsPerRelation: number;
      readonly objectsPerRelation: number;
      readonly minSubjectsPerObject: number;
    }
  | { readonly kind: 'all'; readonly maxLabelLength: number };

/** What a model is taught and tested on. */
export interface DatasetConfig {
  readonly seed: number;
  readonly relations: readonly string[];
  readonly selection: FactSelection;
  /** How many benchmark edits are planned, dev and test together; one that clashes with another suite's is left out. */
  readonly records: number;
  /** How many edits with ripple tests, dev and test together; may be 0. */
  readonly popularRecords: number;
  /** Relations that a second hop may ask; each is one of `relations`. */
  readonly secondRelations: readonly string[];
  /** How many two-hop compositions training states, and how many it holds out. */
  readonly compositions: { readonly shown: number; readonly heldOut: number };
  /** How many people get rule-made aliases. */
  readonly aliasedSubjects: number;
  /** Share of subjects kept out of every context that changes a fact. Default 0.1. */
  readonly keptOutShare?: number;
}

/** The facts of a model, the records that test it and what its training text must leave out. */
export interface Dataset {
  readonly seed: number;
  readonly facts: readonly Fact[];
  /** Phrasings of the facts' relations, in the order of the relations. */
  readonly phrasings: readonly RelationPhrasings[];
  readonly secondRelations: readonly string[];
  readonly compositions: readonly Composition[];
  readonly aliases: readonly Alias[];
  readonly edits: readonly EditPlan[];
  readonly records: BenchmarkRecords;
  /** Edits with tests of what follows from them. */
  readonly popular: { readonly plans: readonly PopularPlan[]; readonly records: PopularRecords };
  readonly keptOut: ReadonlySet<string>;
  readonly withheld: Withheld;
}

function selectBy(selection: FactSelection, { relations, seed }: DatasetConfig): readonly Fact[] {
  if (selection.kind === 'all')
    return factTables({ relations }).filter(
      ({ subject, object }) => Math.max(subject.length, object.length) <= selection.maxLabelLength,
    );
  return selectFacts({
    relations,
    perRelation: selection.factsPerRelation,
    objectsPerRelation: selection.objectsPerRelation,
    minSubjectsPerObject: selection.minSubjectsPerObject,
    seed,
    preferShared: true,
  });
}

/**
 * A dataset as a pure function of its configuration: the facts, chains and aliases of them, then the edits, those with
 * ripple tests first, then what training withholds for them, then the records. No subject is edited in both suites.
 *
 * @throws {SakeError} `not-found` for a relation without table or phrasings, `not-enough-data` when a relation has too
 * few objects, or the facts too few neighbours or ripples for so many records or too few chains for so many compositions.
 */
export function planDataset(config: DatasetConfig): Dataset {
  const { seed, secondRelations } = config;
  const facts = selectBy(config.selection, config);
  const phrasings = config.relations.map((relation) => phrasingsOf(relation, relationPhrasings));
  const compositions = planCompositions({ facts, phrasings, secondRelations, ...config.compositions, seed });
  const aliases = planAliases({ facts, count: config.aliasedSubjects, seed });
  const patterns = createTestPatterns(phrasings, seed);
  const plans = planPopular({
    facts,
    secondRelations,
    aliases,
    patterns,
    count: config.popularRecords,
    seed,
  });
  const planned = planEdits({
    facts,
    phrasings,
    count: config.records,
    seed,
    taken: new Set(plans.map(({ fact }) => fact.subject)),
    patterns,
  });
  const withheld = withheldBy(planned, plans);
  // A fact has one withheld object: an edit whose new object gave way to what another edit implies is no record.
  const edits = planned.filter(
    ({ fact, targetNew }) => withheld.targetNew(fact.subject, fact.relation) === targetNew,
  );
  return {
    seed,
    facts,
    phrasings,
    secondRelations,
    compositions,
    aliases,
    edits,
    records: buildRecords({ edits, facts, phrasings, withheld, seed }),
    popular: { plans, records: buildPopular({ plans, patterns, withheld, seed }) },
    keptOut: keptOutSubjects(facts, { seed, share: config.keptOutShare ?? 0.1 }),
    withheld,
  };
}
