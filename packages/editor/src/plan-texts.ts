import {
  type CausalLM,
  type GenerateRequest,
  isSakeError,
  type MapEdit,
  type Observation,
  type SakeError,
  type ScopedEdit,
  throwIfAborted,
} from '@sakejs/spec';
import { counterfactualModel } from './counterfactual-model.js';
import { isMapEdit } from './edit-kinds.js';
import { type HookedPrompt, hookPrompt } from './layer-hooks.js';
import { observePrompts } from './observe-prompts.js';
import { rankEdits } from './rank-edits.js';
import { rewritePrompt } from './rewrite-prompt.js';
import type { SteeredRequest } from './steered-lm.js';
import type { Steering } from './steered-options.js';
import { chosen, type SteeredText, steerText } from './text-steering.js';

/** What a model is to generate for a text. */
export interface PlannedText {
  readonly request: GenerateRequest;
  /** What is done to the prompt's residual streams, where a layer hook applies. */
  readonly hooked?: HookedPrompt;
  /** The model that says it, where that is not the one asked. */
  readonly by?: CausalLM;
}

/** Whether which edit applies must be known before a text begins: those that only map are asked as it goes. */
export const needsPlan = (live: readonly ScopedEdit[]): boolean => !live.every(isMapEdit);

/** A request with the intervention of map edits, where there are any. */
export function steeredByMaps(
  lm: CausalLM,
  maps: readonly MapEdit[],
  request: SteeredRequest,
  index: number,
  steering: Steering,
  text: Partial<SteeredText> = {},
): GenerateRequest {
  if (maps.length === 0 || (steering.apply === 'prompt' && (text.from ?? 0) > 0)) return request;
  return {
    ...request,
    intervention: steerText(lm, maps, { prompt: request.prompt, index, ...text }, steering),
  };
}

/**
 * What a model generates for texts with live edits, one request a text: the prompt rewritten where a prompt edit applies,
 * hooked where a layer hook does, and steered by map edits where they do. A text whose rewritten prompt is too long gives
 * the error.
 *
 * With map edits alone nothing is run. With others, a pass over the prompts finds out which edit applies to each; prompts
 * that the model would refuse are left to its own error.
 *
 * @throws {SakeError} what scopes, policy and model throw; `aborted`.
 */
export async function planTexts(
  lm: CausalLM,
  live: readonly ScopedEdit[],
  requests: readonly SteeredRequest[],
  steering: Steering & { readonly signal: AbortSignal | undefined },
): Promise<(PlannedText | SakeError)[]> {
  const maps = live.filter(isMapEdit);
  const planned: (PlannedText | SakeError)[] = requests.map((request, index) => ({
    request: steeredByMaps(lm, maps, request, index, steering),
  }));
  if (!needsPlan(live)) return planned;

  const readable = [...requests.keys()].filter((index) => fits(lm, requests[index]!));
  for (let at = 0; at < readable.length; at += steering.batchSize) {
    throwIfAborted(steering.signal, steering.where);
    const batch = readable.slice(at, at + steering.batchSize);
    const prompts = batch.map((index) => requests[index]!.prompt);
    const observations = await observePrompts(lm, live, prompts, steering);
    for (const [row, index] of batch.entries())
      planned[index] =
        (await changed(lm, live, requests[index]!, index, observations[row]!, steering)) ?? planned[index]!;
  }
  return planned;
}

/** The text where an edit that changes the prompt or how it is read ranks first, undefined where none does. */
async function changed(
  lm: CausalLM,
  live: readonly ScopedEdit[],
  request: SteeredRequest,
  index: number,
  observation: Observation,
  steering: Steering,
): Promise<PlannedText | SakeError | undefined> {
  const selection = chosen(rankEdits(live, observation), steering.gate);
  if (selection === undefined || selection.edit.kind === 'map') return undefined;
  const { edit } = selection;
  const maps = live.filter(isMapEdit);
  const { prompt } = request;
  const { apply, onSelect, where } = steering;
  const { tokens } = observation;
  if (
    typeof apply === 'function' &&
    !(await apply({ prompt, index, step: 0, tokens, selection, steered: [] }))
  )
    return { request: steeredByMaps(lm, maps, request, index, steering, { from: 1 }) };
  const event = { prompt, index, step: 0, selection, position: 0 };
  const further = { prompt, from: 1, steered: [0] };
  try {
    if (edit.kind === 'layer-hook') {
      const hooked = hookPrompt(edit, observation, where);
      onSelect?.(event);
      return { request: steeredByMaps(lm, maps, request, index, steering, further), hooked };
    }
    const by = counterfactualModel(lm, edit, steering.counterfactuals, where);
    const read = rewritePrompt(by, edit, prompt, where);
    onSelect?.({ ...event, rewritten: read });
    // Maps were learned on the model that is asked: what another one says, it says alone.
    if (by !== lm) return { request: { ...request, prompt: read }, by };
    return { request: steeredByMaps(lm, maps, { ...request, prompt: read }, index, steering, further) };
  } catch (error) {
    if (isSakeError(error)) return error;
    throw error;
  }
}

function fits(lm: CausalLM, { prompt }: SteeredRequest): boolean {
  const { length } = typeof prompt === 'string' ? lm.encode(prompt) : prompt;
  return length > 0 && length <= lm.info.maxPositions;
}
