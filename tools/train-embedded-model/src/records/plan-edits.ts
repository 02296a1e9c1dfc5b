import type { Fact } from '@sakejs/facts';
import type { RelationPhrasings } from '@sakejs/prompts';
import { createRandom, SakeError } from '@sakejs/spec';
import { groupFacts } from './group-facts.js';
import { createNeighbourCount } from './neighbour-count.js';
import { splitTurns, type Split } from './split-turns.js';
import { areApart, MAX_TARGET_LENGTH } from './target-new.js';
import { createTestPatterns, type TestPatterns } from './test-patterns.js';

/** One benchmark edit before its prompts are written out. */
export interface EditPlan {
  readonly fact: Fact;
  /** Another object of the relation. */
  readonly targetNew: string;
  /** The request's own phrasing, which training shows. */
  readonly prompt: string;
  /** Phrasings that training never shows with this subject: the record's paraphrases. */
  readonly testPatterns: readonly string[];
  readonly split: Split;
}

export interface EditPlanOptions {
  readonly facts: readonly Fact[];
  readonly phrasings: readonly RelationPhrasings[];
  readonly count: number;
  readonly seed: number;
  /** Subjects that other suites edit. Default none. */
  readonly taken?: ReadonlySet<string>;
  /** Default those of the phrasings and the seed. */
  readonly patterns?: TestPatterns;
}

/** Subjects with the same object, and with the new one, that a record needs and that no record edits. */
export const MIN_NEIGHBOURS = 5;
const TEST_PATTERNS = 2;

/**
 * Benchmark edits spread evenly over the relations, one a subject, test and dev edits by turns.
 *
 * A fact qualifies when its subject does not name its object, both objects have at most {@link MAX_TARGET_LENGTH}
 * characters and {@link MIN_NEIGHBOURS} unedited subjects each. The new object is another one of the relation, with
 * another first word; request and test phrasings ask this relation only and are chosen by seeded chance. Relations where
 * no fact qualifies have no edits.
 *
 * @throws {SakeError} `not-enough-data` when fewer than `count` facts qualify (the message says how many do), or a
 * relation has too few phrasings to withhold; `not-found` for a relation without phrasings.
 */
export function planEdits(options: EditPlanOptions): EditPlan[] {
  const { facts, phrasings, count, seed, taken = new Set() } = options;
  const patterns = options.patterns ?? createTestPatterns(phrasings, seed);
  const random = createRandom(`${seed}/edits`);
  const neighbours = createNeighbourCount(facts, MIN_NEIGHBOURS);
  const queues = [...groupFacts(facts, 'relation')].map(([relation, known]) => {
    phrasingsOf(relation, phrasings);
    const objects = [...groupFacts(known, 'object').keys()].filter(
      (object) => object.length <= MAX_TARGET_LENGTH && neighbours.of(relation, object) > MIN_NEIGHBOURS,
    );
    const allowed = new Set(objects);
    const stream = random.fork(relation);
    const waiting = stream.shuffle(
      known.filter(({ subject, object, leaks }) => !leaks && allowed.has(object) && !taken.has(subject)),
    );
    const [tests, requests] = [patterns.tests(relation).length, patterns.requests(relation).length];
    if (waiting.length > 0 && (tests < TEST_PATTERNS || requests === 0))
      throw new SakeError(
        'not-enough-data',
        `planEdits: expected at least ${2 * TEST_PATTERNS} statements of ${relation} whose words no other phrasing contains, got ${tests} to withhold; word more`,
      );
    return { relation, objects, waiting, stream };
  });
  const edits: EditPlan[] = [];
  const splitOf = splitTurns(count);
  const planNext = ({
    relation,
    objects,
    waiting,
    stream,
  }: (typeof queues)[number]): Omit<EditPlan, 'split'> | undefined => {
    for (let fact = waiting.pop(); fact; fact = waiting.pop()) {
      const { object, subject } = fact;
      const targets = objects.filter((other) => areApart(other, object));
      if (targets.length === 0) continue;
      const targetNew = stream.pick(targets);
      if (!neighbours.edit(subject, relation, [object, targetNew])) continue;
      return {
        fact,
        targetNew,
        prompt: stream.pick(patterns.requests(relation)),
        testPatterns: stream.shuffle(patterns.tests(relation)).slice(0, TEST_PATTERNS),
      };
    }
    return undefined;
  };
  for (let round = 0; edits.length < count; round++) {
    const before = edits.length;
    queues.forEach((queue, place) => {
      const planned = edits.length < count ? planNext(queue) : undefined;
      if (planned) edits.push({ ...planned, split: splitOf(round + place) });
    });
    if (edits.length === before)
      throw new SakeError(
        'not-enough-data',
        `planEdits: expected ${count} facts whose objects have ${MIN_NEIGHBOURS} unedited subjects, got ${before}; select more facts an object or plan fewer records`,
      );
  }
  return edits;
}

/**
 * The phrasings of one relation.
 *
 * @throws {SakeError} `not-found` when there are none.
 */
export function phrasingsOf(relation: string, phrasings: readonly RelationPhrasings[]): RelationPhrasings {
  const found = phrasings.find((candidate) => candidate.relation === relation);
  if (!found)
    throw new SakeError(
      'not-found',
      `phrasingsOf: expected phrasings of relation ${relation}, got none; word it first`,
    );
  return found;
}
