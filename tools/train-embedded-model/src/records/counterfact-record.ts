/** A record in CounterFact's original schema (Meng et al. 2022). */
export interface CounterFactRecord {
  readonly case_id: number;
  readonly requested_rewrite: {
    /** With `{}` for the subject. */
    readonly prompt: string;
    readonly relation_id: string;
    readonly target_new: { readonly str: string };
    readonly target_true: { readonly str: string };
    readonly subject: string;
  };
  readonly paraphrase_prompts: readonly string[];
  /** Same relation, same true object, other subjects. */
  readonly neighborhood_prompts: readonly string[];
  /** Same relation, other subjects whose true object is the new one. */
  readonly attribute_prompts: readonly string[];
  /** Openings of texts about the subject. */
  readonly generation_prompts: readonly string[];
}
