import type { ScopePrompt } from '@sakejs/spec';
import { mayUse, phrasingsOf, rounds, type NegativeContext } from './negative-context.js';

/** Other facts with the edit's true object, in its relation and in other relations by turns. */
export function* sameObjectPrompts(context: NegativeContext): Generator<ScopePrompt> {
  const { asker, facts, random, request } = context;
  const relation = asker.own.phrasings.relation;
  const usable = facts
    .withObject(request.targetTrue)
    .filter((fact) => phrasingsOf(context, fact.relation) !== undefined && mayUse(context, fact));
  const queues = [
    usable.filter((fact) => fact.relation === relation),
    usable.filter((fact) => fact.relation !== relation),
  ]
    .filter((list) => list.length > 0)
    .map((list, index) => rounds(list, random.fork(index)));
  while (queues.length > 0)
    for (const queue of queues) {
      const fact = queue.next().value as { relation: string; subject: string };
      const of = phrasingsOf(context, fact.relation)!;
      yield { text: asker.ask(of, fact.subject, random), kind: 'same-object', subject: fact.subject };
    }
}
