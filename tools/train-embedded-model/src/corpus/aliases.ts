import { relation as relationOf, type Fact } from '@sakejs/facts';
import { createRandom } from '@sakejs/spec';
import { groupFacts } from '../records/group-facts.js';

/** Another name of a subject, made by a rule: the tables name each subject once. */
export interface Alias {
  readonly subject: string;
  readonly alias: string;
  readonly rule: 'surname' | 'initials';
}

const word = /^\p{Lu}[\p{L}'’-]+$/u;

/** `Darrieux` and `D. Darrieux` for `Danielle Darrieux`; nothing for names of other shapes. */
export function ruleAliases(subject: string): Alias[] {
  const words = subject.split(' ');
  if (words.length < 2 || words.length > 3 || !words.every((each) => word.test(each))) return [];
  const surname = words.at(-1)!;
  const initials = words.slice(0, -1).map((each) => `${each[0]!}.`);
  return [
    { subject, alias: surname, rule: 'surname' },
    { subject, alias: `${initials.join(' ')} ${surname}`, rule: 'initials' },
  ];
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
    .map(([subject, known]) => ({ subject, known: known.length, aliases: ruleAliases(subject) }))
    .filter(({ aliases }) => aliases.length > 0 && uses.get(aliases[0]!.alias) === 1);
  const random = createRandom(`${seed}/aliases`);
  return random
    .shuffle(people)
    .sort((a, b) => b.known - a.known)
    .slice(0, count)
    .flatMap(({ aliases }) => aliases);
}
