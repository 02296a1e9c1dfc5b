import type { Fact } from '@sakejs/facts';
import { createRandom, SakeError, type Random } from '@sakejs/spec';
import { inverseRelations } from './changed-facts.js';
import { groupFacts } from './group-facts.js';
import { planRipples, type PopularEdit } from './plan-ripples.js';
import type { PopularPlan } from './popular-plan.js';
import { createRippleWorld, type RippleWorld, type RippleWorldOptions } from './ripple-world.js';
import { splitTurns } from './split-turns.js';
import { createKindCheck } from './target-kinds.js';
import { areApart, MAX_TARGET_LENGTH } from './target-new.js';

export interface PopularPlanOptions extends RippleWorldOptions {
  readonly count: number;
  readonly seed: number;
}

/** Second-hop facts that a new object shall have where some of the relation have so many. */
const ENOUGH_SECOND_HOPS = 2;

/**
 * Which ripples an edit is chosen for, dealt by turns: those of an object that others lead to (`inner`), of someone with
 * aliases, of a first hop. A later kind's edits may have the ripples of an earlier one too.
 */
const kinds = ['inner', 'aliased', 'chained'] as const;

/**
 * Edits with tests of what follows from them, one a subject, spread evenly over {@link kinds} and their relations, test
 * and dev edits by turns. The new object is another one of the relation with another first word; where a second hop can
 * ask of it, one with at least {@link ENOUGH_SECOND_HOPS} answers that differ from the true object's where there is.
 *
 * All edits may live at once: what a test expects, and what its condition asks, no other edit changes.
 *
 * @throws {SakeError} `not-enough-data` when the facts allow fewer than `count` (the message says how many).
 */
export function planPopular(options: PopularPlanOptions): PopularPlan[] {
  if (options.count === 0) return [];
  const random = createRandom(`${options.seed}/popular`);
  const world = createRippleWorld(options);
  const chosen = chooseFacts(options, world, random);
  const edited = new Map(chosen.map(({ fact }) => [fact.subject, fact]));
  const isOfKind = createKindCheck(options.facts);
  const targets = new Map(
    [...groupFacts(options.facts, 'relation')].map(([relation, known]) => [
      relation,
      [...groupFacts(known, 'object').keys()].filter(
        (object) => object.length <= MAX_TARGET_LENGTH && isOfKind(object, relation),
      ),
    ]),
  );
  // Where the new object takes part in a fact read the other way round, no two edits shall share it.
  const used = new Map([...inverseRelations.keys()].map((relation) => [relation, new Set<string>()]));
  const edits = chosen.map(({ fact, split }): PopularEdit => {
    const stream = random.fork(`${fact.relation}/${fact.subject}`);
    const all = targets.get(fact.relation)!;
    const free = all.filter((object) => !used.get(fact.relation)?.has(object) && !edited.has(object));
    const own = used.has(fact.relation) && free.some((object) => areApart(object, fact.object)) ? free : all;
    const targetNew = chooseTarget(fact, own, edited, world, stream);
    used.get(fact.relation)?.add(targetNew);
    return { fact, targetNew, split, prompt: stream.pick(requestsFor(fact, world)) };
  });
  return planRipples(edits, world, random.fork('ripples'));
}

/** Phrasings that state the edit so that its subject can be found in the sentence. */
function requestsFor({ relation, subject }: Fact, { patterns }: RippleWorld): readonly string[] {
  return patterns.requests(relation).filter((pattern) => !pattern.includes(subject));
}

function chooseFacts(
  { facts, count }: PopularPlanOptions,
  world: RippleWorld,
  random: Random,
): Pick<PopularPlan, 'fact' | 'split'>[] {
  const leads = new Set<string>();
  for (const [relation, known] of groupFacts(facts, 'relation'))
    if (
      world.patterns.descriptions(relation).length > 0 &&
      known.filter(({ object }) => world.secondHops(object, relation).length > 0).length > 1
    )
      leads.add(relation);
  const usable = facts.filter(
    (fact) =>
      !fact.leaks &&
      fact.object.length <= MAX_TARGET_LENGTH &&
      world.patterns.tests(fact.relation).length > 0 &&
      requestsFor(fact, world).length > 0,
  );
  const qualifies: Record<(typeof kinds)[number], (fact: Fact) => boolean> = {
    inner: (fact) => world.isSecond(fact.relation) && world.firstHops(fact).length > 0,
    aliased: ({ subject }) => world.aliases(subject).length > 0,
    chained: ({ relation }) => leads.has(relation),
  };
  const siblings = ({ subject }: Fact): number => world.facts(subject).length - 1;
  // Of one kind and relation, those with other ripples besides come first; the sort keeps the shuffled order of equals.
  const worth = (fact: Fact): number => (leads.has(fact.relation) ? 4 : 0) + Math.min(3, siblings(fact));
  const pools = kinds.map((kind) =>
    [...groupFacts(random.fork(kind).shuffle(usable.filter(qualifies[kind])), 'relation')].map(
      ([relation, known], place) => ({
        lead: kind !== 'aliased' || leads.has(relation),
        waiting: known.sort((a, b) => worth(a) - worth(b)),
        turn: place,
      }),
    ),
  );
  const chosen: Pick<PopularPlan, 'fact' | 'split'>[] = [];
  const subjects = new Set<string>();
  const splitOf = splitTurns(count);
  const next = (pool: (typeof pools)[number]): boolean => {
    // Of those with aliases, relations that are no first hop wait until the others are used up.
    const ready = pool.filter(({ waiting }) => waiting.length > 0);
    const queue = (ready.some(({ lead }) => lead) ? ready.filter(({ lead }) => lead) : ready).sort(
      (a, b) => a.turn - b.turn,
    )[0];
    if (!queue) return false;
    const fact = queue.waiting.pop()!;
    if (subjects.has(fact.subject)) return next(pool);
    subjects.add(fact.subject);
    chosen.push({ fact, split: splitOf(Math.floor(queue.turn / pool.length) + (queue.turn % pool.length)) });
    queue.turn += pool.length;
    return true;
  };
  while (chosen.length < count) {
    const before = chosen.length;
    for (const pool of pools) if (chosen.length < count) next(pool);
    if (chosen.length === before)
      throw new SakeError(
        'not-enough-data',
        `planPopular: expected ${count} subjects that something follows from, got ${before}; teach more facts or plan fewer`,
      );
  }
  return chosen;
}

function chooseTarget(
  { subject, relation, object }: Fact,
  objects: readonly string[],
  edited: ReadonlyMap<string, Fact>,
  world: RippleWorld,
  random: Random,
): string {
  const apart = objects.filter((other) => other !== subject && areApart(other, object));
  if (apart.length === 0)
    throw new SakeError(
      'not-enough-data',
      `planPopular: expected another object of ${relation} with another first word than ${JSON.stringify(object)}, got none; leave the relation out`,
    );
  const answers = (other: string): number =>
    world.patterns.descriptions(relation).length === 0
      ? 0
      : world
          .secondHops(other, relation)
          .filter(
            (next) =>
              edited.get(other)?.relation !== next.relation &&
              world.fact(object, next.relation)?.object !== next.object,
          ).length;
  const counts = apart.map((other) => Math.min(ENOUGH_SECOND_HOPS, answers(other)));
  const most = Math.max(...counts);
  return random.pick(apart.filter((_, i) => counts[i] === most));
}
