import { editId, provenanceOf } from '@sakejs/editor';
import type { EditRequest, LearnContext, PromptEdit, Provenance } from '@sakejs/spec';

/** What sets one method's prompt edit apart from another's. */
export interface PromptEditParts extends Pick<PromptEdit, 'prefix' | 'scope' | 'counterfactual'> {
  readonly request: EditRequest;
  readonly method: string;
  readonly settings: NonNullable<Provenance['settings']>;
}

/** An edit that puts text in front of prompts: it is learned from no rows. */
export function promptEdit(
  { request, prefix, counterfactual, scope, method, settings }: PromptEditParts,
  { lm, prompts, seed = 0 }: LearnContext,
): PromptEdit {
  return {
    kind: 'prompt',
    id: editId(request),
    request,
    prefix,
    ...(counterfactual && { counterfactual }),
    scope,
    provenance: {
      method,
      ...provenanceOf(lm, prompts, seed),
      rows: { source: 0, target: 0, obeying: 0 },
      settings,
    },
  };
}
