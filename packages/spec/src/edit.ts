import type { CausalLM } from './causal-lm.js';
import type { EditRequest } from './edit-request.js';
import type { WeightDelta } from './layer-access.js';
import type { TransportMap } from './mapper.js';
import type { Matrix } from './matrix.js';
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

/** The map of a question that follows from the edit, with a scope of its own. */
export interface ImpliedMap {
  /** As its prompts are named. */
  readonly name: string;
  readonly map: TransportMap;
  readonly scope: Scope;
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
  /** Maps of what follows from the edit. Absent in the paper's form. */
  readonly implied?: readonly ImpliedMap[];
  readonly scope: Scope;
  readonly provenance: Provenance;
}

/** A model beside the edited one, named by its weights. */
export interface OtherModel {
  /** A name for people, as `ModelInfo.id`. */
  readonly id: string;
  /** As `ModelInfo.sha256`. */
  readonly sha256: string;
}

/** An edit that puts text in front of in-scope prompts; the model then reads the longer prompt. */
export interface PromptEdit {
  readonly kind: 'prompt';
  readonly id: string;
  readonly request: EditRequest;
  /** What is put in front, with whatever separates it from the prompt: `The capital of France is Rome. `. */
  readonly prefix: string;
  /**
   * The model that reads the longer prompt in the place of the edited one, with the same tokens: SERAC's counterfactual
   * model. Whoever steers with the edit is given it. Absent: the edited model itself.
   */
  readonly counterfactual?: OtherModel;
  /** A method without a gate has a scope that holds every query; its distances say which edit is nearest. */
  readonly scope: Scope;
  readonly provenance: Provenance;
}

/** What a hook does to the residual stream of a prompt. */
export interface LayerHook {
  /** The block behind which it is done, 0 the first. */
  readonly layer: number;
  /** Whether the values are added to the states or stand in their place. */
  readonly operation: 'add' | 'replace';
  /** Whether the first row meets the prompt's first token, or the last row its last one. Rows beyond the prompt are left out. */
  readonly anchor: 'start' | 'end';
  /** [positions, hiddenSize] */
  readonly values: Matrix<Float32Array>;
}

/** An edit that changes the residual stream of in-scope prompts; the pass then runs anew from the prompt. */
export interface LayerHookEdit {
  readonly kind: 'layer-hook';
  readonly id: string;
  readonly request: EditRequest;
  readonly hook: LayerHook;
  /** Matched at the prompt's end, on the states without the hook. */
  readonly scope: Scope;
  readonly provenance: Provenance;
}

/** An edit that applies where its scope says; among several only the one that ranks first does. */
export type ScopedEdit = MapEdit | PromptEdit | LayerHookEdit;

/**
 * An edit that changes weights: it has no scope, and all live ones apply together, always.
 *
 * Those that were solved for at once carry the same `batch`, each with its own share of the change: together they are
 * what was solved for; without some, the others still hold what they had beside those.
 */
export interface WeightDeltaEdit {
  readonly kind: 'weight-delta';
  readonly id: string;
  readonly request: EditRequest;
  readonly deltas: readonly WeightDelta[];
  /** MLP keys [keySize] that the change was learned for, at most one a block: other edits that move them are in conflict. */
  readonly keys?: readonly { readonly layer: number; readonly key: Float32Array }[];
  readonly batch?: { readonly id: string; readonly size: number };
  readonly provenance: Provenance;
}

/**
 * A learned change of one fact. A value: adding or removing one touches nothing else.
 *
 * Told apart by `kind`; every kind has an id, a request and a provenance, and all but changes of weights a scope.
 */
export type Edit = ScopedEdit | WeightDeltaEdit;

export interface LearnContext {
  readonly lm: CausalLM;
  readonly prompts: PromptDistribution;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** One of many edits that are learned at once. */
export interface BatchItem {
  readonly request: EditRequest;
  readonly prompts: PromptDistribution;
}

/** A way of editing, SAKE or any other, under one interface. */
export interface EditMethod<E extends Edit = Edit> {
  readonly name: string;
  learn(request: EditRequest, context: LearnContext): Promise<E>;
  /**
   * Learns many edits at once, an edit an item in their order, for methods that solve for them together; absent where each
   * edit is learned by itself. The edits share a `batch`.
   */
  learnBatch?(items: readonly BatchItem[], context: Omit<LearnContext, 'prompts'>): Promise<E[]>;
}
