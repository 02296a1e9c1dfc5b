import type { Alias } from '../corpus/aliases.js';
import type { RippleAxis } from './popular-plan.js';

export interface RippleAnswer {
  readonly value: string;
  readonly aliases: readonly string[];
}

/** A query in RippleEdits' schema. Labels stand where the original has Wikidata's entity ids. */
export interface RippleQuery {
  readonly prompt: string;
  readonly answers: readonly RippleAnswer[];
  readonly query_type: 'regular' | 'two_hop';
  /** Label of whom the (first) relation is asked. */
  readonly subject_id: string;
  /** Wikidata's property id, or the fact table's. */
  readonly relation: string;
  readonly target_ids: readonly string[];
  readonly phrase: string | null;
  readonly second_relation?: string;
  readonly second_hop_target_ids?: readonly string[];
}

/** One test of an axis. */
export interface RippleEditsTest {
  /** The first one is scored. */
  readonly test_queries: readonly RippleQuery[];
  readonly test_condition: 'OR';
  readonly condition_queries: readonly RippleQuery[];
  /** Ours, with `Subject_Aliasing`: which rule made the alias, and what the unedited model answers to the test query. */
  readonly alias?: Omit<Alias, 'subject'> & { readonly true_answer: string };
}

/** A record in RippleEdits' schema (Cohen et al. 2024), labels resolved. */
export interface RippleEditsRecord extends Readonly<Record<RippleAxis, readonly RippleEditsTest[]>> {
  /** Ours: unique over both splits. */
  readonly case_id: number;
  readonly example_type: 'popular';
  readonly edit: {
    /** The request with the new object and a full stop: a sentence, an apposition, or a question with its answer. */
    readonly prompt: string;
    readonly subject_id: string;
    readonly relation: string;
    readonly target_id: string;
    readonly subject_label: string;
    readonly target_label: string;
    readonly original_fact: {
      /** The same with the true object. */
      readonly prompt: string;
      readonly subject_id: string;
      readonly relation: string;
      readonly target_id: string;
      readonly target_label: string;
    };
  };
}
