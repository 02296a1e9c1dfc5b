import type { Prompt, ScopedEdit } from '@sakejs/spec';
import type { Candidate } from './rank-edits.js';

/** An edit that applies to a query: it holds it in its scope, or the gate is open. */
export type Selection<E extends ScopedEdit = ScopedEdit> = Candidate<E>;

/** Tells which edit was chosen where. */
export interface SelectEvent {
  /** The prompt as it was given. */
  readonly prompt: Prompt;
  /** Which prompt of the call, from 0. */
  readonly index: number;
  /** 0 for the token after the prompt. */
  readonly step: number;
  readonly selection: Selection;
  /** Tokens of the new object said before: 0 but for an edit with maps of later tokens. */
  readonly position: number;
  /** The prompt that the model reads instead, where a prompt edit applies. */
  readonly rewritten?: Prompt;
}

/** What a policy decides on: an edit is in scope at this step. */
export interface PolicyEvent extends Omit<SelectEvent, 'position' | 'rewritten'> {
  /** Prompt and generated tokens so far. */
  readonly tokens: readonly number[];
  /** Earlier steps of this text at which an edit replaced the activation, ascending. */
  readonly steered: readonly number[];
}

/**
 * Whether the edit in scope is to replace the activation of this step, or to rewrite the prompt (at step 0).
 *
 * Asked at each step at which an edit is in scope, but not while an edit with maps of later tokens goes on with its
 * object. `({ step }) => step === 0` is what `prompt` does, `() => true` is `every-step`, and
 * `({ steered }) => steered.length === 0` steers once, wherever the text first comes to speak of an edit.
 */
export type SteeringPolicy = (event: PolicyEvent) => boolean | Promise<boolean>;
