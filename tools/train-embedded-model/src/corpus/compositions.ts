import type { Fact } from '@sakejs/facts';
import type { RelationPhrasings } from '@sakejs/prompts';
import { createRandom, SakeError } from '@sakejs/spec';
import { groupFacts } from '../records/group-facts.js';

/** Two facts in a chain: (subject, first relation, bridge), (bridge, second relation, object). */
export interface Composition {
  readonly first: Fact;
  readonly second: Fact;
  /** Whether training states it as one two-hop statement; the others are held out. */
  readonly shown: boolean;
}

export interface CompositionOptions {
  readonly facts: readonly Fact[];
  readonly phrasings: readonly RelationPhrasings[];
  /** Relations that a second hop may ask. */
  readonly secondRelations: readonly string[];
  /** How many compositions training states, and how many it never does. */
  readonly shown: number;
  readonly heldOut: number;
  readonly seed: number;
}

/**
 * Compositions of a dataset's facts, spread evenly over the pairs of relations, in seeded order. First relations are
 * those with descriptions. A chain that leads back to its subject or stays at the bridge is none.
 *
 * @throws {SakeError} `not-enough-data` when the facts allow fewer than asked for.
 */
export function planCompositions(options: CompositionOptions): readonly Composition[] {
  const { facts, phrasings, shown, heldOut, seed } = options;
  if (shown + heldOut === 0) return [];
  const describing = new Set(
    phrasings.filter(({ descriptions = [] }) => descriptions.length > 0).map(({ relation }) => relation),
  );
  const second = new Set(options.secondRelations);
  const bySubject = groupFacts(facts, 'subject');
  const random = createRandom(`${seed}/compositions`);
  const queues = new Map<string, { first: Fact; second: Fact }[]>();
  for (const first of facts.filter(({ relation }) => describing.has(relation)))
    for (const next of bySubject.get(first.object) ?? []) {
      if (!second.has(next.relation) || next.relation === first.relation) continue;
      if (next.object === first.subject || next.object === first.object) continue;
      const key = `${first.relation} ${next.relation}`;
      queues.set(key, [...(queues.get(key) ?? []), { first, second: next }]);
    }
  const waiting = [...queues.values()].map((queue) => random.shuffle(queue));
  const chosen: { first: Fact; second: Fact }[] = [];
  while (chosen.length < shown + heldOut) {
    const before = chosen.length;
    for (const queue of waiting) {
      const next = queue.pop();
      if (next && chosen.length < shown + heldOut) chosen.push(next);
    }
    if (chosen.length === before)
      throw new SakeError(
        'not-enough-data',
        `planCompositions: expected ${shown + heldOut} compositions, got ${before}; ask for fewer or teach more facts`,
      );
  }
  return random.shuffle(chosen).map((each, i) => ({ ...each, shown: i >= heldOut }));
}
