import type { Fact } from '@sakejs/facts';
import type { RelationPhrasings } from '@sakejs/prompts';
import { createRandom, SakeError, type Random } from '@sakejs/spec';
import { groupFacts } from './group-facts.js';

/** One benchmark edit before its prompts are written out. */
export interface EditPlan {
  readonly fact: Fact;
  /** Another object of the relation. */
  readonly targetNew: string;
  /** The request's own phrasing, which training shows. */
  readonly prompt: string;
  /** Phrasings that training never shows with this subject: the record's paraphrases. */
  readonly testPatterns: readonly string[];
  readonly split: 'dev' | 'test';
}

export interface EditPlanOptions {
  readonly facts: readonly Fact[];
  readonly phrasings: readonly RelationPhrasings[];
  readonly count: number;
  readonly seed: number;
}

/** Other subjects with the same object that a record needs. */
export const MIN_NEIGHBOURS = 5;
const TEST_PATTERNS = 2;

/** A pattern's words in lower case between single spaces, punctuation aside. */
function wording(pattern: string): string {
  return ` ${(pattern.toLowerCase().match(/\{\}|[\p{L}\p{N}\p{M}]+/gu) ?? []).join(' ')} `;
}

/**
 * Statements that may be withheld: no other phrasing of any relation contains the words of one, so leaving a phrasing
 * out leaves out its words.
 */
function withholdable({ statements }: RelationPhrasings, all: readonly RelationPhrasings[]): string[] {
  const wordings = all.flatMap((each) => [...each.statements, ...each.questions]).map(wording);
  return statements.filter((statement) => {
    const own = wording(statement);
    return wordings.filter((other) => other.includes(own)).length === 1;
  });
}

function planEdit(
  fact: Fact,
  objects: readonly string[],
  { statements }: RelationPhrasings,
  candidates: readonly string[],
  split: EditPlan['split'],
  random: Random,
): EditPlan {
  const others = objects.filter((object) => object !== fact.object);
  const firstWord = (object: string): string => object.split(/[\s-]/)[0]!.toLowerCase();
  const apart = others.filter((object) => firstWord(object) !== firstWord(fact.object));
  const testPatterns = random.shuffle(candidates).slice(0, TEST_PATTERNS);
  const prompt = random.pick(statements.filter((statement) => !testPatterns.includes(statement)));
  return { fact, targetNew: random.pick(apart.length > 0 ? apart : others), prompt, testPatterns, split };
}

/**
 * Benchmark edits spread evenly over the relations, one a subject, test and dev edits by turns.
 *
 * A fact qualifies when {@link MIN_NEIGHBOURS} other subjects share its object. The new object is another one of the
 * relation, with another first word where there is one; request and test phrasings are chosen by seeded chance.
 *
 * @throws {SakeError} `not-enough-data` when fewer than `count` facts qualify (the message says how many do), or a
 * relation has too few phrasings to withhold; `not-found` for a relation without phrasings.
 */
export function planEdits({ facts, phrasings, count, seed }: EditPlanOptions): EditPlan[] {
  const random = createRandom(`${seed}/edits`);
  const queues = [...groupFacts(facts, 'relation')].map(([relation, known]) => {
    const own = phrasingsOf(relation, phrasings);
    const candidates = withholdable(own, phrasings);
    if (candidates.length <= TEST_PATTERNS)
      throw new SakeError(
        'not-enough-data',
        `planEdits: expected more than ${TEST_PATTERNS} statements of ${relation} that no other phrasing contains, got ${candidates.length}; word more`,
      );
    const byObject = groupFacts(known, 'object');
    const qualified = known.filter(({ object }) => byObject.get(object)!.length > MIN_NEIGHBOURS);
    const stream = random.fork(relation);
    return {
      own,
      candidates,
      objects: [...byObject.keys()],
      waiting: stream.shuffle(qualified),
      stream,
    };
  });
  const edits: EditPlan[] = [];
  const subjects = new Set<string>();
  for (let round = 0; edits.length < count; round++) {
    const before = edits.length;
    for (const { own, candidates, objects, waiting, stream } of queues) {
      let fact = waiting.pop();
      while (fact && subjects.has(fact.subject)) fact = waiting.pop();
      if (!fact || objects.length < 2 || edits.length === count) continue;
      subjects.add(fact.subject);
      edits.push(planEdit(fact, objects, own, candidates, round % 2 === 0 ? 'test' : 'dev', stream));
    }
    if (edits.length === before)
      throw new SakeError(
        'not-enough-data',
        `planEdits: expected ${count} facts whose object has ${MIN_NEIGHBOURS} other subjects, got ${before}; select more facts an object or plan fewer records`,
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
