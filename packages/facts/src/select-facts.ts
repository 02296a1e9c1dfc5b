import { createRandom, SakeError } from '@sakejs/spec';
import type { Fact } from './fact.js';
import { compareLabels } from './label.js';
import { loadTable } from './load-tables.js';

/** How {@link selectFacts} picks the facts that a small model shall learn. */
export interface SelectFactsOptions {
  /** Relation ids; their order is the order of the result, and of choice with `preferShared`. */
  readonly relations: readonly string[];
  /** At most so many facts a relation, spread evenly over its objects. */
  readonly perRelation: number;
  /** At most so many objects a relation: those with the most subjects. */
  readonly objectsPerRelation: number;
  /** At least so many subjects for each chosen object, so that neighbours with the same object exist. */
  readonly minSubjectsPerObject: number;
  readonly seed: number | string;
  /** Leaves out facts whose subject names the object. Default true. */
  readonly excludeLeaks?: boolean;
  /** Favours subjects that stand in two or more of the relations. Default false. */
  readonly preferShared?: boolean;
}

/** Longest object that is chosen, in UTF-16 code units: longer ones are many tokens in a small vocabulary. */
const maxObjectLength = 24;

interface ObjectPool {
  readonly object: string;
  readonly facts: readonly Fact[];
}

/**
 * A seeded, balanced selection of facts over a few relations.
 *
 * A relation's objects are its most frequent ones of at most 24 characters
 * whose first words differ (so that a first token can tell them apart). Among an
 * object's subjects come first, with `preferShared`, those chosen in an earlier
 * relation, then those in most of the relations; then subjects of CounterFact
 * requests; then seeded chance. The result is sorted by relation as given,
 * object, subject.
 *
 * @throws {SakeError} `invalid-option` for counts that are no positive integers, repeated relations, or a
 * `perRelation` below 2 · `minSubjectsPerObject`; `not-found` for an unknown relation; `not-enough-data` when a
 * relation has fewer than two such objects.
 */
export function selectFacts(options: SelectFactsOptions): readonly Fact[] {
  checkOptions(options);
  const pools = options.relations.map((id) => chooseObjects(id, options));
  const candidates = pools.flat().flatMap((pool) => pool.facts);
  const uses = subjectUses(candidates);
  const subjects = [...uses.keys()].sort(compareLabels);
  const order = createRandom(options.seed).fork('subjects').shuffle(subjects);
  const rank = new Map(order.map((subject, index) => [subject, index]));
  const chosen = new Set<string>();
  const rankOf = (fact: Fact): number[] => [
    ...(options.preferShared ? [chosen.has(fact.subject) ? 0 : 1, -uses.get(fact.subject)!] : []),
    fact.sources.includes('counterfact') ? 0 : 1,
    rank.get(fact.subject)!,
  ];
  const selection: Fact[] = [];
  for (const pool of pools) {
    const quotas = shareOut(
      options.perRelation,
      pool.map(({ facts }) => facts.length),
    );
    const picked = pool.flatMap(({ facts }, index) => sortByRank(facts, rankOf).slice(0, quotas[index]));
    picked.sort((a, b) => compareLabels(a.object, b.object) || compareLabels(a.subject, b.subject));
    for (const fact of picked) chosen.add(fact.subject);
    selection.push(...picked);
  }
  return selection;
}

/** How many subjects of the facts stand in two or more relations. */
export function countSharedSubjects(facts: readonly Fact[]): number {
  return [...subjectUses(facts).values()].filter((uses) => uses >= 2).length;
}

function checkOptions(options: SelectFactsOptions): void {
  const { relations, perRelation, minSubjectsPerObject } = options;
  const fail = (message: string): never => {
    throw new SakeError('invalid-option', `selectFacts: ${message}`, { details: { options } });
  };
  for (const name of ['perRelation', 'objectsPerRelation', 'minSubjectsPerObject'] as const)
    if (!Number.isInteger(options[name]) || options[name] < 1)
      fail(`expected ${name} to be a positive integer, got ${options[name]}`);
  if (relations.length === 0 || new Set(relations).size !== relations.length)
    fail(`expected one or more distinct relations, got ${JSON.stringify(relations)}`);
  if (perRelation < 2 * minSubjectsPerObject)
    fail(
      `expected perRelation to hold two objects of minSubjectsPerObject ${minSubjectsPerObject}, got ${perRelation}; raise it to ${2 * minSubjectsPerObject}`,
    );
}

/** The relation's objects to teach, most subjects first. */
function chooseObjects(id: string, options: SelectFactsOptions): ObjectPool[] {
  const byObject = new Map<string, Fact[]>();
  for (const fact of loadTable(id)) {
    if ((options.excludeLeaks ?? true) && fact.leaks) continue;
    const list = byObject.get(fact.object);
    if (list === undefined) byObject.set(fact.object, [fact]);
    else list.push(fact);
  }
  const eligible = [...byObject]
    .map(([object, facts]): ObjectPool => ({ object, facts }))
    .filter(
      ({ object, facts }) => facts.length >= options.minSubjectsPerObject && object.length <= maxObjectLength,
    )
    .sort((a, b) => b.facts.length - a.facts.length || compareLabels(a.object, b.object));
  const most = Math.min(
    options.objectsPerRelation,
    Math.floor(options.perRelation / options.minSubjectsPerObject),
  );
  const firstWords = new Set<string>();
  const pools: ObjectPool[] = [];
  for (const pool of eligible) {
    const firstWord = pool.object.split(' ')[0]!.toLowerCase();
    if (pools.length === most || firstWords.has(firstWord)) continue;
    firstWords.add(firstWord);
    pools.push(pool);
  }
  if (pools.length < 2)
    throw new SakeError(
      'not-enough-data',
      `selectFacts: expected at least two objects with ${options.minSubjectsPerObject} subjects in relation ${id}, got ${pools.length}; lower minSubjectsPerObject, raise objectsPerRelation or leave the relation out`,
      { details: { relation: id } },
    );
  return pools;
}

/** `total` dealt out one by one to those that still have room. */
function shareOut(total: number, room: readonly number[]): number[] {
  const quotas = room.map(() => 0);
  let left = Math.min(
    total,
    room.reduce((sum, size) => sum + size, 0),
  );
  for (let index = 0; left > 0; index = (index + 1) % room.length) {
    if (quotas[index]! >= room[index]!) continue;
    quotas[index]!++;
    left--;
  }
  return quotas;
}

function sortByRank(facts: readonly Fact[], rankOf: (fact: Fact) => number[]): Fact[] {
  const ranked = facts.map((fact) => ({ fact, rank: rankOf(fact) }));
  ranked.sort((a, b) => {
    const differing = a.rank.findIndex((value, index) => value !== b.rank[index]);
    return differing < 0 ? 0 : a.rank[differing]! - b.rank[differing]!;
  });
  return ranked.map(({ fact }) => fact);
}

function subjectUses(facts: readonly Fact[]): Map<string, number> {
  const used = new Map<string, Set<string>>();
  for (const { subject, relation } of facts) {
    const ids = used.get(subject);
    if (ids === undefined) used.set(subject, new Set([relation]));
    else ids.add(relation);
  }
  return new Map([...used].map(([subject, ids]) => [subject, ids.size]));
}
