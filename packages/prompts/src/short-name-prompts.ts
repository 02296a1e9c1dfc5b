import { fillPrompt, type ScopePrompt } from '@sakejs/spec';
import { shortNames } from './short-names.js';
import type { NegativeContext } from './negatives/negative-context.js';

/** Prompts with each short name. */
const PER_NAME = 8;
/** Most that {@link shortNamePrompts} gives. */
export const shortNameCount: number = 2 * PER_NAME;

/**
 * Prompts of the edit with a person's surname, or initials and surname, in place of the full name: the wordings of its
 * relation by turns. None where the surname is in another name of the facts, or the relation is not one of people.
 */
export function* shortNamePrompts({
  asker,
  facts,
  random,
  request,
}: NegativeContext): Generator<ScopePrompt> {
  if (!asker.own.phrasings.subjectKinds.includes('person')) return;
  const names = shortNames(request.subject);
  if (names.length === 0 || facts.isShared(names[0]!.alias)) return;
  const patterns = random.shuffle(asker.own.statements);
  for (const [index, { alias }] of names.entries())
    for (let nth = 0; nth < PER_NAME; nth++) {
      const pattern = patterns[(index * PER_NAME + nth) % patterns.length]!;
      yield { text: fillPrompt(pattern, alias), kind: 'paraphrase', subject: alias, wording: pattern };
    }
}
