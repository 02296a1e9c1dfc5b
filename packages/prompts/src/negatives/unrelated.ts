import type { ScopePrompt } from '@sakejs/spec';
import { neutralText } from '../neutral-text.js';
import { asksTheSame } from '../phrasings/near-relations.js';
import type { AllowedPhrasings } from './asker.js';
import { mayUse, phrasingsOf, type NegativeContext } from './negative-context.js';

/** Facts drawn in vain, one after the other, before there count as none. */
const patience = 1000;

/** Other facts altogether and neutral text, whole or cut off, by turns. */
export function* unrelatedPrompts(context: NegativeContext): Generator<ScopePrompt> {
  const { asker, random } = context;
  const others = unrelatedFactPrompts(context);
  for (;;) {
    const next = others.next();
    if (next.done !== true) {
      const { of, subject } = next.value;
      yield { text: asker.ask(of, subject, random), kind: 'unrelated', subject };
    }
    if (asker.sentences.length > 0) yield { text: neutralText(asker.sentences, random), kind: 'unrelated' };
    else if (next.done === true) return;
  }
}

/** Endless facts of another subject, relation and object than the edit's. */
export function* unrelatedFactPrompts(
  context: NegativeContext,
): Generator<{ readonly of: AllowedPhrasings; readonly subject: string }> {
  const { asker, facts, random, request } = context;
  let vain = 0;
  for (const fact of facts.draw(random)) {
    const of = phrasingsOf(context, fact.relation);
    const differs =
      of !== undefined &&
      fact.object !== request.targetTrue &&
      fact.object !== request.targetNew &&
      !asksTheSame(fact.relation, asker.own.phrasings.relation);
    if (differs && mayUse(context, fact)) {
      vain = 0;
      yield { of, subject: fact.subject };
    } else if (++vain >= patience) return;
  }
}
