import { relation as relationOf, type Fact } from '@sakejs/facts';
import { shortNames, type ShortName } from '@sakejs/prompts';
import { createRandom } from '@sakejs/spec';
import { groupFacts } from '../records/group-facts.js';

/** Another name of a subject, made by a rule: the tables name each subject once. */
export interface Alias extends ShortName {
  readonly subject: string;
}

export interface AliasOptions {
  readonly facts: readonly Fact[];
  /** How many subjects get aliases, at most. */
  readonly count: number;
  readonly seed: number;
}

/**
 * Aliases of people, those with most facts first, then in seeded order. An alias names one subject only: a surname that
 * stands in any other subject or object, or that two subjects share, is none.
 */
export function planAliases({ facts, count, seed }: AliasOptions): readonly Alias[] {
  const bySubject = groupFacts(facts, 'subject');
  const names = new Set([...bySubject.keys(), ...groupFacts(facts, 'object').keys()]);
  const uses = new Map<string, number>();
  for (const name of names)
    for (const part of new Set(name.split(/[\s,]+/))) uses.set(part, (uses.get(part) ?? 0) + 1);
  const people = [...bySubject]
    .filter(([, known]) => known.every(({ relation }) => relationOf(relation).subjectType === 'person'))
    .map(([subject, known]) => ({
      subject,
      known: known.length,
      aliases: shortNames(subject).map((short): Alias => ({ subject, ...short })),
    }))
    .filter(({ aliases }) => aliases.length > 0 && uses.get(aliases[0]!.alias) === 1);
  const random = createRandom(`${seed}/aliases`);
  return random
    .shuffle(people)
    .sort((a, b) => b.known - a.known)
    .slice(0, count)
    .flatMap(({ aliases }) => aliases);
}
