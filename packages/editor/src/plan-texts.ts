import {
  type CausalLM,
  type Edit,
  type GenerateRequest,
  isSakeError,
  type MapEdit,
  type Observation,
  type PromptEdit,
  type SakeError,
  throwIfAborted,
} from '@sakejs/spec';
import { observePrompts } from './observe-prompts.js';
import { rankEdits } from './rank-edits.js';
import { rewritePrompt } from './rewrite-prompt.js';
import type { SteeredRequest } from './steered-lm.js';
import type { Steering } from './steered-options.js';
import { chosen, type SteeredText, steerText } from './text-steering.js';

export const isMapEdit = (edit: Edit): edit is MapEdit => edit.kind === 'map';
export const isPromptEdit = (edit: Edit): edit is PromptEdit => edit.kind === 'prompt';

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
 * What a model generates for texts with live edits, one request a text: the prompt rewritten where a prompt edit
 * applies, and steered by map edits where they do. A text whose rewritten prompt is too long gives the error.
 *
 * Without prompt edits nothing is run. With some, a pass over the prompts finds out which edit applies to each; prompts
 * that the model would refuse are left to its own error.
 *
 * @throws {SakeError} what scopes, policy and model throw; `aborted`.
 */
export async function planTexts(
  lm: CausalLM,
  live: readonly Edit[],
  requests: readonly SteeredRequest[],
  steering: Steering & { readonly signal: AbortSignal | undefined },
): Promise<(GenerateRequest | SakeError)[]> {
  const maps = live.filter(isMapEdit);
  const plain = requests.map((request, index) => steeredByMaps(lm, maps, request, index, steering));
  if (!live.some(isPromptEdit)) return plain;

  const planned: (GenerateRequest | SakeError)[] = plain;
  const readable = [...requests.keys()].filter((index) => fits(lm, requests[index]!));
  for (let at = 0; at < readable.length; at += steering.batchSize) {
    throwIfAborted(steering.signal, steering.where);
    const batch = readable.slice(at, at + steering.batchSize);
    const prompts = batch.map((index) => requests[index]!.prompt);
    const observations = await observePrompts(lm, live, prompts, steering);
    for (const [row, index] of batch.entries())
      planned[index] =
        (await rewritten(lm, live, requests[index]!, index, observations[row]!, steering)) ?? planned[index]!;
  }
  return planned;
}

/** The request where a prompt edit ranks first, undefined where none does. */
async function rewritten(
  lm: CausalLM,
  live: readonly Edit[],
  request: SteeredRequest,
  index: number,
  observation: Observation,
  steering: Steering,
): Promise<GenerateRequest | SakeError | undefined> {
  const selection = chosen(rankEdits(live, observation), steering.gate);
  if (selection?.edit.kind !== 'prompt') return undefined;
  const maps = live.filter(isMapEdit);
  const { prompt } = request;
  const { apply, onSelect, where } = steering;
  const { tokens } = observation;
  if (
    typeof apply === 'function' &&
    !(await apply({ prompt, index, step: 0, tokens, selection, steered: [] }))
  )
    return steeredByMaps(lm, maps, request, index, steering, { from: 1 });
  try {
    const read = rewritePrompt(lm, selection.edit, prompt, where);
    onSelect?.({ prompt, index, step: 0, selection, position: 0, rewritten: read });
    return steeredByMaps(lm, maps, { ...request, prompt: read }, index, steering, {
      prompt,
      from: 1,
      steered: [0],
    });
  } catch (error) {
    if (isSakeError(error)) return error;
    throw error;
  }
}

function fits(lm: CausalLM, { prompt }: SteeredRequest): boolean {
  const { length } = typeof prompt === 'string' ? lm.encode(prompt) : prompt;
  return length > 0 && length <= lm.info.maxPositions;
}
