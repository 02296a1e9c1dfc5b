import type { ScopePrompt } from '@sakejs/spec';
import { mayUse, rounds, type NegativeContext } from './negative-context.js';

/** The edit's relation asked of other subjects, whose object is another than the edit's true one. */
export function* otherSubjectPrompts(context: NegativeContext): Generator<ScopePrompt> {
  const { asker, facts, random, request } = context;
  const usable = facts
    .ofRelation(asker.own.phrasings.relation)
    .filter((fact) => fact.object !== request.targetTrue && mayUse(context, fact));
  for (const { subject } of rounds(usable, random))
    yield { text: asker.ask(asker.own, subject, random), kind: 'other-subject', subject };
}
