import type { CausalLM } from '@sakejs/spec';
import type { Dataset } from '../corpus/plan-dataset.js';
import { groupFacts } from '../records/group-facts.js';

/** What first tokens can tell apart; shares in 0..1. */
export interface TokenFigures {
  /** Facts whose object's first token has fewer than 3 characters, trimmed. */
  readonly shortFirstToken: number;
  /** Objects of a relation that share their first token with another of it, over all (relation, object). */
  readonly firstTokenCollisions: number;
}

/** @see {@link TokenFigures} */
export function tokenFigures(lm: Pick<CausalLM, 'encode' | 'decode'>, { facts }: Dataset): TokenFigures {
  const known = new Map<string, number>();
  const first = (object: string): number => {
    const token = known.get(object) ?? lm.encode(` ${object}`)[0]!;
    known.set(object, token);
    return token;
  };
  const short = facts.filter(({ object }) => lm.decode([first(object)]).trim().length < 3).length;
  let colliding = 0;
  let all = 0;
  for (const own of groupFacts(facts, 'relation').values()) {
    const uses = new Map<number, number>();
    for (const object of groupFacts(own, 'object').keys())
      uses.set(first(object), (uses.get(first(object)) ?? 0) + 1);
    for (const count of uses.values()) {
      all += count;
      if (count > 1) colliding += count;
    }
  }
  return { shortFirstToken: short / facts.length, firstTokenCollisions: colliding / all };
}
