/**
 * Where a fact was read.
 *
 * `counterfact`: subject and true object of a CounterFact request; `neighbour`:
 * the subject of a CounterFact neighbourhood prompt; `trex`: T-REx, by way of
 * LAMA and ParaRel; `lre`: the LRE relations; `known`: ROME's known facts.
 */
export type FactSource = 'counterfact' | 'known' | 'lre' | 'neighbour' | 'trex';

/** Every {@link FactSource}, in the order in which a table row names them. */
export const factSources: readonly FactSource[] = ['counterfact', 'known', 'lre', 'neighbour', 'trex'];

/** One true (subject, relation, object), as a row of a table. */
export interface FactRow {
  readonly subject: string;
  readonly object: string;
  readonly sources: readonly FactSource[];
  /** Whether the subject names the object as a word (`Toyota Camry`, `Toyota`), so that a prompt gives it away. */
  readonly leaks: boolean;
}

/** A true (subject, relation, object). In one relation a subject has one object. */
export interface Fact extends FactRow {
  /** The relation's id, e.g. `P103`. */
  readonly relation: string;
}
