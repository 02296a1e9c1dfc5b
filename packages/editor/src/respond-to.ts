import { type CausalLM, type Edit, type Prompt, row } from '@sakejs/spec';
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
 * Next-token answers to one batch: a pass over the prompts as they are, one over those that a prompt edit rewrites,
 * and one projection of all.
 */
export async function respondTo(
  lm: CausalLM,
  live: readonly Edit[],
  prompts: readonly Prompt[],
  options: RespondOptions,
): Promise<SteeredResponse[]> {
  const { gate, onSelect, where, signal, first } = options;
  const cols = lm.info.hiddenSize;
  const hidden = new Float32Array(prompts.length * cols); // [n, d]
  const rewritten = new Map<number, Prompt>();
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
    if (edit.kind === 'map') {
      onSelect?.(event);
      hidden.set(applyMap(edit.map, edit.id, lastTokenActivation, where), index * cols);
    } else {
      const read = rewritePrompt(lm, edit, prompt, where);
      rewritten.set(index, read);
      onSelect?.({ ...event, rewritten: read });
    }
    return { selection, candidates };
  });
  if (rewritten.size > 0) {
    const states = await lm.capture([...rewritten.values()], signal === undefined ? {} : { signal });
    [...rewritten.keys()].forEach((index, at) => hidden.set(row(states, at), index * cols));
  }
  const logits = await lm.project({ rows: prompts.length, cols, data: hidden });
  return answers.map(({ selection, candidates }, index) => {
    const prompt = rewritten.get(index);
    return {
      logits: row(logits, index),
      ...(selection === undefined ? {} : { edit: selection.edit.id }),
      ...(prompt === undefined ? {} : { prompt }),
      ...(candidates.length === 0 ? {} : { distance: Math.min(...candidates.map(({ ratio }) => ratio)) }),
    };
  });
}
