import type { Encoder } from '../tokenizer/create-encoder.js';
import { groupFacts } from '../records/group-facts.js';
import type { Dataset } from './plan-dataset.js';

/** How a tokenizer splits the objects, each behind a space. */
export interface ObjectTokenReport {
  readonly objects: number;
  /** Share of the distinct objects that are one token. */
  readonly oneToken: number;
  /** Mean tokens of a distinct object. */
  readonly meanTokens: number;
  /** Objects of one relation that share their first token. */
  readonly collisions: readonly {
    readonly relation: string;
    readonly token: string;
    readonly objects: readonly string[];
  }[];
  /** Objects whose first token, trimmed, is shorter than 3 characters and not the whole object. */
  readonly shortFirstTokens: readonly { readonly object: string; readonly token: string }[];
}

/** What first-token scoring of this dataset has to know about the tokenizer. */
export function reportObjectTokens({ facts }: Dataset, encoder: Encoder): ObjectTokenReport {
  const idsOf = new Map(facts.map(({ object }) => [object, encoder.encode(` ${object}`)]));
  const firstToken = (object: string): string => encoder.decode(idsOf.get(object)!.slice(0, 1));
  const all = [...idsOf];
  const collisions = [...groupFacts(facts, 'relation')].flatMap(([relation, known]) => {
    const byToken = new Map<string, string[]>();
    for (const object of groupFacts(known, 'object').keys())
      byToken.set(firstToken(object), [...(byToken.get(firstToken(object)) ?? []), object]);
    return [...byToken]
      .filter(([, objects]) => objects.length > 1)
      .map(([token, objects]) => ({ relation, token, objects }));
  });
  return {
    objects: all.length,
    oneToken: all.filter(([, ids]) => ids.length === 1).length / all.length,
    meanTokens: all.reduce((sum, [, ids]) => sum + ids.length, 0) / all.length,
    collisions,
    shortFirstTokens: all
      .map(([object]) => ({ object, token: firstToken(object) }))
      .filter(({ object, token }) => token.trim().length < 3 && token.trim() !== object),
  };
}
