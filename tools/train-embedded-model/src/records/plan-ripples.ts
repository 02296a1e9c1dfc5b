import type { Fact } from '@sakejs/facts';
import type { Random } from '@sakejs/spec';
import { countChanges, dependsOn, inverseRelations } from './changed-facts.js';
import type { PopularPlan, RippleTest } from './popular-plan.js';
import type { RippleWorld } from './ripple-world.js';

/** An edit before its tests are planned. */
export type PopularEdit = Omit<PopularPlan, 'tests'>;

/** Most tests of one axis in one record. */
const MAX_TESTS = 6;
/** Phrasings in which one thing is asked. */
const PATTERNS = 2;

/** A world in which all edits live. */
interface EditedWorld extends RippleWorld {
  /** Whether no edit changes the fact. */
  holds(fact: Fact): boolean;
  /** How many edits change what (subject, relation) gives. */
  changes(subject: string, relation: string): number;
}

/** Plans each edit's tests, of each axis at most {@link MAX_TESTS}; expects nothing that another edit changes. */
export function planRipples(
  edits: readonly PopularEdit[],
  world: RippleWorld,
  random: Random,
): PopularPlan[] {
  const changes = countChanges(edits);
  const edited = {
    ...world,
    changes,
    holds: ({ subject, relation }: Fact) => changes(subject, relation) === 0,
  };
  return edits.map((edit) => {
    const stream = random.fork(`${edit.fact.relation}/${edit.fact.subject}`);
    const axes = [logical, firstHops, secondHops, aliased, specific];
    return { ...edit, tests: axes.flatMap((plan) => plan(edit, edited, stream).slice(0, MAX_TESTS)) };
  });
}

type PlanAxis = (edit: PopularEdit, world: EditedWorld, random: Random) => RippleTest[];

const after = ({ fact, targetNew }: PopularEdit): Fact => ({ ...fact, object: targetNew });

/** Things to ask in several phrasings each: all in a first one, then all in a second one. */
function inTurns<T>(
  things: readonly T[],
  relationOf: (thing: T) => string,
  world: EditedWorld,
  random: Random,
): { thing: T; pattern: string }[] {
  const queues = things.map((thing) => ({
    thing,
    patterns: random.shuffle(world.patterns.tests(relationOf(thing))).slice(0, PATTERNS),
  }));
  return Array.from({ length: PATTERNS }, (_, turn) =>
    queues.flatMap(({ thing, patterns }) => (patterns[turn] ? [{ thing, pattern: patterns[turn] }] : [])),
  ).flat();
}

/** o* is s's twin, capital …, so s is o*'s twin, what o* is the capital of … */
const logical: PlanAxis = (edit, world, random) => {
  const { fact, targetNew } = edit;
  const inverse = inverseRelations.get(fact.relation);
  if (inverse === undefined || !world.relations.has(inverse)) return [];
  if (world.changes(targetNew, inverse) !== 1) return [];
  if (world.fact(targetNew, inverse)?.object === fact.subject) return [];
  const first: Fact = { ...fact, subject: targetNew, relation: inverse, object: fact.subject };
  return inTurns([first], ({ relation }) => relation, world, random).map(({ pattern }) => ({
    axis: 'Logical_Generalization',
    pattern,
    name: targetNew,
    withheldFrom: [targetNew],
    first,
    condition: 'none',
  }));
};

/** What is asked of s's object is asked of o*. */
const firstHops: PlanAxis = (edit, world, random) => {
  const { fact, targetNew } = edit;
  const descriptions = world.patterns.descriptions(fact.relation);
  if (descriptions.length === 0) return [];
  const seconds = world
    .secondHops(targetNew, fact.relation)
    .filter(
      (next) =>
        world.holds(next) &&
        next.object !== fact.subject &&
        world.fact(fact.object, next.relation)?.object !== next.object,
    );
  return inTurns(random.shuffle(seconds), ({ relation }) => relation, world, random).map(
    ({ thing, pattern }) => ({
      axis: 'Compositionality_I',
      pattern,
      name: fact.subject,
      withheldFrom: [fact.subject],
      first: after(edit),
      second: thing,
      description: random.pick(descriptions),
      condition: thing,
    }),
  );
};

/** What is asked of another one's object, which s is, has the answer o*. */
const secondHops: PlanAxis = (edit, world, random) => {
  const { fact } = edit;
  const changed = after(edit);
  if (!world.isSecond(fact.relation)) return [];
  const firsts = world
    .firstHops(fact)
    .filter((first) => world.holds(first) && first.subject !== changed.object);
  return random
    .shuffle(firsts)
    .slice(0, MAX_TESTS)
    .map((first) => ({
      axis: 'Compositionality_II',
      pattern: random.pick(world.patterns.tests(fact.relation)),
      name: first.subject,
      withheldFrom: [first.subject],
      first,
      second: changed,
      description: random.pick(world.patterns.descriptions(first.relation)),
      condition: first,
    }));
};

/** What is asked of s is asked of its aliases. */
const aliased: PlanAxis = (edit, world, random) =>
  inTurns(world.aliases(edit.fact.subject), () => edit.fact.relation, world, random).map(
    ({ thing, pattern }) => ({
      axis: 'Subject_Aliasing',
      pattern,
      name: thing.alias,
      withheldFrom: [edit.fact.subject, thing.alias],
      first: after(edit),
      condition: 'same',
      alias: thing,
    }),
  );

/** Facts of s stay that neither are the edited one nor hang on it. */
const specific: PlanAxis = ({ fact, targetNew }, world, random) => {
  const others = world
    .facts(fact.subject)
    .filter(
      (other) =>
        world.holds(other) &&
        !dependsOn(other.relation, fact.relation) &&
        !other.leaks &&
        other.object !== targetNew,
    );
  return inTurns(random.shuffle(others), ({ relation }) => relation, world, random).map(
    ({ thing, pattern }) => ({
      axis: 'Relation_Specificity',
      pattern,
      name: fact.subject,
      withheldFrom: [fact.subject],
      first: thing,
      condition: 'same',
    }),
  );
};
