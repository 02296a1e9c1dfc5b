import { type CausalLM, type Prompt, row, type ScopedEdit } from '@sakejs/spec';
import { counterfactualModel } from './counterfactual-model.js';
import { mapOf } from './edit-parts.js';
import { hookedModel, type HookedPrompt, hookPrompt } from './layer-hooks.js';
import { observePrompts } from './observe-prompts.js';
import { rankEdits } from './rank-edits.js';
import { rewritePrompt } from './rewrite-prompt.js';
import type { SteeredResponse } from './steered-lm.js';
import type { Steering } from './steered-options.js';
import { applyMap, chosen } from './text-steering.js';

/** How one batch of prompts is answered. */
export interface RespondOptions extends Steering {
  readonly signal: AbortSignal | undefined;
  /** Index of the batch's first prompt in its call. */
  readonly first: number;
}

/**
 * Next-token answers to one batch: a pass over the prompts as they are, one over those that a prompt edit rewrites (for each
 * model that reads some), one over those that a layer hook changes, and one projection of all (again, for each model).
 *
 * @param lm the model, its weights as live edits make them.
 */
export async function respondTo(
  lm: CausalLM,
  live: readonly ScopedEdit[],
  prompts: readonly Prompt[],
  options: RespondOptions,
): Promise<Omit<SteeredResponse, 'weightEdits'>[]> {
  const { gate, onSelect, where, signal, first, counterfactuals } = options;
  const cols = lm.info.hiddenSize;
  const hidden = new Float32Array(prompts.length * cols); // [n, d]
  const rewritten = new Map<number, { readonly read: Prompt; readonly by: CausalLM }>();
  const hooked = new Map<number, HookedPrompt>();
  const observations = await observePrompts(lm, live, prompts, options);
  const answers = observations.map((observation, index) => {
    const { lastTokenActivation } = observation;
    const candidates = rankEdits(live, observation);
    const selection = chosen(candidates, gate);
    const prompt = prompts[index]!;
    if (selection === undefined) {
      hidden.set(lastTokenActivation, index * cols);
      return { selection, candidates };
    }
    const { edit } = selection;
    const event = { prompt, index: first + index, step: 0, selection, position: 0 };
    switch (edit.kind) {
      case 'map':
        onSelect?.(event);
        hidden.set(
          applyMap(mapOf({ ...selection, edit }), edit.id, lastTokenActivation, where),
          index * cols,
        );
        break;
      case 'prompt': {
        const by = counterfactualModel(lm, edit, counterfactuals, where);
        const read = rewritePrompt(by, edit, prompt, where);
        rewritten.set(index, { read, by });
        onSelect?.({ ...event, rewritten: read });
        break;
      }
      case 'layer-hook':
        hooked.set(index, hookPrompt(edit, observation, where));
        onSelect?.(event);
    }
    return { selection, candidates };
  });
  const capture = async (of: CausalLM, read: ReadonlyMap<number, Prompt>): Promise<void> => {
    if (read.size === 0) return;
    const states = await of.capture([...read.values()], signal === undefined ? {} : { signal });
    [...read.keys()].forEach((index, at) => hidden.set(row(states, at), index * cols));
  };
  const readBy = (model: CausalLM): Map<number, Prompt> =>
    new Map([...rewritten].flatMap(([index, { read, by }]) => (by === model ? [[index, read]] : [])));
  await capture(lm, readBy(lm));
  const view = hooked.size > 0 ? hookedModel(lm, [...hooked.values()], where) : undefined;
  if (view) await capture(view, new Map([...hooked].map(([index, { tokens }]) => [index, tokens])));
  const logits = await lm.project({ rows: prompts.length, cols, data: hidden });
  const others = new Set([...rewritten.values()].map(({ by }) => by).filter((by) => by !== lm));
  const otherLogits = new Map<number, Float32Array>();
  for (const other of others)
    for (const [index, own] of await nextTokens(other, readBy(other), signal)) otherLogits.set(index, own);
  return answers.map(({ selection, candidates }, index) => {
    const text = rewritten.get(index);
    return {
      logits: otherLogits.get(index) ?? row(logits, index),
      ...(hooked.has(index) && { lm: view! }),
      ...(text !== undefined && text.by !== lm && { lm: text.by }),
      ...(selection === undefined ? {} : { edit: selection.edit.id }),
      ...(text === undefined ? {} : { prompt: text.read }),
      ...(candidates.length === 0 ? {} : { distance: Math.min(...candidates.map(({ ratio }) => ratio)) }),
    };
  });
}

/** Next-token logits of prompts, by index. */
async function nextTokens(
  lm: CausalLM,
  prompts: ReadonlyMap<number, Prompt>,
  signal: AbortSignal | undefined,
): Promise<[number, Float32Array][]> {
  const states = await lm.capture([...prompts.values()], signal === undefined ? {} : { signal });
  const logits = await lm.project(states);
  return [...prompts.keys()].map((index, at) => [index, row(logits, at)]);
}
