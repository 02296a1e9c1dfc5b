import type { CausalLM, PromptDistribution, Provenance } from '@sakejs/spec';

/** What every method says of where an edit comes from: when, on which model, from which prompts and seed. */
export function provenanceOf(
  lm: Pick<CausalLM, 'info'>,
  prompts: PromptDistribution,
  seed: number,
): Pick<Provenance, 'createdAt' | 'model' | 'seed' | 'prompts' | 'versions'> {
  return {
    createdAt: new Date().toISOString(),
    model: { id: lm.info.id, sha256: lm.info.sha256 },
    seed,
    prompts: { count: prompts.prompts.length, source: prompts.source },
    versions: lm.info.runtime,
  };
}
