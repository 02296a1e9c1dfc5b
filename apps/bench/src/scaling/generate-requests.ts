import { leaksObject, normalizeLabel } from '@sakejs/facts';
import { createRandom, type EditRequest } from '@sakejs/spec';

/** A fact as tables hold it. */
export interface TableFact {
  readonly relation: string;
  readonly subject: string;
  readonly object: string;
}

export interface GenerateRequestsOptions {
  /** Most requests. */
  readonly wanted: number;
  /** Prompts with `{}` for the subject, by relation; other relations are left out. */
  readonly prompts: ReadonlyMap<string, readonly string[]>;
  /** Subjects that are edited already. */
  readonly edited: readonly string[];
  /** Texts that are asked: what they name is not edited, so that their answers stay as they should be. */
  readonly asked: readonly string[];
  readonly seed: number;
}

/**
 * Requests to change facts of a table, drawn by the seed: one a subject, in the words of a known prompt of the relation, to an
 * object that other subjects of the relation have and this one has not.
 *
 * @returns as many as are wanted, or all that the table has.
 */
export function generateRequests(
  facts: readonly TableFact[],
  { wanted, prompts, edited, asked, seed }: GenerateRequestsOptions,
): EditRequest[] {
  const random = createRandom(`further edits ${seed}`);
  const usable = facts.filter(({ relation }) => prompts.has(relation));
  const objects = groupBy(usable, ({ relation }) => relation); // by relation
  const own = groupBy(usable, ({ relation, subject }) => `${relation}\t${normalizeLabel(subject)}`);
  const taken = new Set(edited.map(normalizeLabel));
  const texts = asked.join('\n');
  const requests: EditRequest[] = [];
  for (const { relation, subject, object } of random.shuffle(usable)) {
    if (requests.length === wanted) break;
    if (taken.has(normalizeLabel(subject)) || texts.includes(subject)) continue;
    const has = own.get(`${relation}\t${normalizeLabel(subject)}`)!;
    const others = [...objects.get(relation)!].filter(
      (other) => !has.has(other) && !leaksObject(subject, other),
    );
    if (others.length === 0) continue;
    taken.add(normalizeLabel(subject));
    requests.push({
      subject,
      prompt: random.pick(prompts.get(relation)!),
      targetTrue: object,
      targetNew: random.pick(others),
      relation,
    });
  }
  return requests;
}

/** The prompts of requests, by relation; those without a relation are left out. */
export function promptsByRelation(requests: readonly EditRequest[]): Map<string, string[]> {
  const prompts = new Map<string, string[]>();
  for (const { relation, prompt } of requests) {
    if (relation === undefined) continue;
    const known = prompts.get(relation) ?? [];
    if (!known.includes(prompt)) known.push(prompt);
    prompts.set(relation, known);
  }
  return prompts;
}

/** The objects of facts, by a key. */
function groupBy(facts: readonly TableFact[], key: (fact: TableFact) => string): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const fact of facts) {
    const at = key(fact);
    const group = groups.get(at) ?? new Set<string>();
    group.add(fact.object);
    groups.set(at, group);
  }
  return groups;
}
