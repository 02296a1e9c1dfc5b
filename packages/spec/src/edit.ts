import type { CausalLM } from './causal-lm.js';
import type { EditRequest } from './edit-request.js';
import type { TransportMap } from './mapper.js';
import type { PromptDistribution } from './prompt-distribution.js';
import type { Scope } from './scope.js';
import type { Json } from './tensor-bundle.js';

/** Where an edit came from: enough to make it again. */
export interface Provenance {
  readonly method: string;
  readonly createdAt: string;
  readonly model: { readonly id: string; readonly sha256: string };
  readonly seed: number;
  readonly prompts: { readonly count: number; readonly source: Readonly<Record<string, Json>> };
  readonly rows: {
    readonly source: number;
    readonly target: number;
    /** Target prompts whose greedy next token was the new object's first token. */
    readonly obeying: number;
  };
  readonly versions: Readonly<Record<string, string>>;
  /** The method's own settings, such as which targets were kept. */
  readonly settings?: Readonly<Record<string, Json>>;
}

/** The map of an activation in the middle of the new object, once its first tokens have been said. */
export interface LaterMap {
  /** The object's tokens before the one that this map is for; at least one. */
  readonly after: readonly number[];
  readonly map: TransportMap;
}

/** An edit that maps the last-token activation of in-scope queries. */
export interface MapEdit {
  readonly kind: 'map';
  readonly id: string;
  readonly request: EditRequest;
  readonly map: TransportMap;
  /**
   * Maps for later tokens of the new object, shortest `after` first. Absent in the paper's form, where generation
   * goes on unassisted behind the first mapped token.
   */
  readonly later?: readonly LaterMap[];
  readonly scope: Scope;
  readonly provenance: Provenance;
}

/** An edit that puts text in front of in-scope prompts; the model then reads the longer prompt. */
export interface PromptEdit {
  readonly kind: 'prompt';
  readonly id: string;
  readonly request: EditRequest;
  /** What is put in front, with whatever separates it from the prompt: `The capital of France is Rome. `. */
  readonly prefix: string;
  /** A method without a gate has a scope that holds every query; its distances say which edit is nearest. */
  readonly scope: Scope;
  readonly provenance: Provenance;
}

/**
 * A learned change of one fact. A value: adding or removing one touches nothing else.
 *
 * Told apart by `kind`; every kind has an id, a request, a scope and a provenance.
 */
export type Edit = MapEdit | PromptEdit;

export interface LearnContext {
  readonly lm: CausalLM;
  readonly prompts: PromptDistribution;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** A way of editing, SAKE or any other, under one interface. */
export interface EditMethod<E extends Edit = Edit> {
  readonly name: string;
  learn(request: EditRequest, context: LearnContext): Promise<E>;
}
