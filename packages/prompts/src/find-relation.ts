import { SakeError, type EditRequest } from '@sakejs/spec';
import type { FactIndex } from './fact-index.js';
import { relationPhrasings } from './phrasings/all-relations.js';
import type { RelationPhrasings } from './phrasings/relation-phrasings.js';
import { normalizeWording, subjectMark, words } from './wording.js';

/** Least similarity at which a prompt's wording alone names a relation. */
const minimumSimilarity = 0.5;

/** The same where the fact tables know both objects in the relation. */
const minimumWithObjects = 0.25;

/** What the fact tables add to the similarity of a relation that holds (subject, true object). */
const knownFactBonus = 0.5;
/** What they add, beside the object's share of the facts, for each object of the request that the relation has. */
const knownObjectBonus = 0.2;

/** A recognised relation. */
export interface RelationMatch {
  readonly phrasings: RelationPhrasings;
  /** 1 for a wording of our own or a relation that the request names; else below 1. */
  readonly similarity: number;
}

interface KnownWording {
  readonly phrasings: RelationPhrasings;
  readonly text: string;
  readonly words: ReadonlySet<string>;
}

let wordings: readonly KnownWording[] | undefined;
let rarity: ReadonlyMap<string, number> | undefined;

/** Every statement and question of every relation. */
function knownWordings(): readonly KnownWording[] {
  wordings ??= relationPhrasings.flatMap((phrasings) =>
    [...phrasings.statements, ...phrasings.questions].map((pattern) => ({
      phrasings,
      text: normalizeWording(pattern),
      words: stems(pattern),
    })),
  );
  return wordings;
}

/** A wording's words without `{}` and common endings: `premieres` and `premiered` are one. */
function stems(pattern: string): Set<string> {
  const own = words(pattern).filter((word) => word !== subjectMark);
  return new Set(own.map((word) => (word.length > 4 ? word.replace(/(?:ing|ed|es|e|s)$/u, '') : word)));
}

/** ln(relations / relations whose wordings use the word): a word that all relations use weighs 0. */
function weightOf(word: string): number {
  if (rarity === undefined) {
    const users = new Map<string, Set<string>>();
    for (const known of knownWordings())
      for (const used of known.words) {
        const relations = users.get(used) ?? new Set<string>();
        users.set(used, relations.add(known.phrasings.relation));
      }
    rarity = new Map([...users].map(([used, by]) => [used, Math.log(relationPhrasings.length / by.size)]));
  }
  return rarity.get(word) ?? Math.log(relationPhrasings.length);
}

function weightSum(of: Iterable<string>): number {
  let sum = 0;
  for (const word of of) sum += weightOf(word);
  return sum;
}

/** 2 w(A ∩ B) / (w(A) + w(B)) over words weighted by rarity; 1 for the same wording. */
function similarity(text: string, of: ReadonlySet<string>, known: KnownWording): number {
  if (text === known.text) return 1;
  const total = weightSum(of) + weightSum(known.words);
  if (total === 0) return 0;
  const shared = [...of].filter((word) => known.words.has(word));
  return Math.min(0.99, (2 * weightSum(shared)) / total);
}

/**
 * The relation that a request asks for.
 *
 * `request.relation` decides where it is given. Else every relation scores its
 * best wording's similarity to the prompt, plus what the fact tables say: 0.5
 * when they hold the request's true fact in it, and for each object of the
 * request that the relation has, 0.2 and the object's share of the relation's
 * facts. A relation counts from 0.5 similarity, from 0.25 with both objects
 * known, and always with the true fact known.
 *
 * @throws {SakeError} `not-found` when there is none; the message names those that exist.
 */
export function findRelation(request: EditRequest, facts: FactIndex): RelationMatch {
  if (request.relation !== undefined) {
    const phrasings = relationPhrasings.find(({ relation }) => relation === request.relation);
    if (phrasings === undefined) return fail(`relation ${JSON.stringify(request.relation)}`, request);
    return { phrasings, similarity: 1 };
  }
  const text = normalizeWording(request.prompt);
  const own = stems(request.prompt);
  const best = new Map<RelationPhrasings, number>();
  for (const known of knownWordings())
    best.set(known.phrasings, Math.max(best.get(known.phrasings) ?? 0, similarity(text, own, known)));
  let match: RelationMatch | undefined;
  let bestScore = -Infinity;
  for (const [phrasings, likeness] of best) {
    const held = facts.holds(request.subject, phrasings.relation, request.targetTrue);
    const shares = [request.targetTrue, request.targetNew]
      .map((object) => facts.share(phrasings.relation, object))
      .filter((share) => share > 0);
    const least = shares.length === 2 ? minimumWithObjects : minimumSimilarity;
    if (likeness < least && !held) continue;
    const score =
      likeness +
      (held ? knownFactBonus : 0) +
      shares.reduce((sum, share) => sum + knownObjectBonus + share, 0);
    if (score > bestScore) {
      bestScore = score;
      match = { phrasings, similarity: likeness };
    }
  }
  return match ?? fail(`the prompt ${JSON.stringify(request.prompt)}`, request);
}

function fail(got: string, request: EditRequest): never {
  const known = relationPhrasings.map(({ relation, label }) => `${relation} (${label})`).join(', ');
  throw new SakeError(
    'not-found',
    `findRelation: expected a relation with phrasings of its own, got ${got}; give \`relation\` as one of ${known}, ` +
      'or write the prompts in an expert file',
    { details: { request } },
  );
}
