import {
  type CausalLM,
  type Edit,
  type GeneratedToken,
  type GenerateOptions,
  type GenerateRequest,
  type Observation,
  type Prompt,
  type PromptEmbedder,
  type Query,
  row,
  SakeError,
  throwIfAborted,
} from '@sakejs/spec';
import type { EditLibrary } from './edit-library.js';
import { checkModel, modelMismatch } from './model-match.js';
import { type Candidate, rankEdits } from './rank-edits.js';
import { embedTexts } from './scope-queries.js';
import type { SelectEvent, Selection, SteeringPolicy } from './steering-policy.js';
import { applyMap, chosen, layersOf, steerText, wantsEmbedding } from './text-steering.js';

/** What a steered model says right after a prompt. */
export interface SteeredResponse {
  /** Next-token logits, [vocabulary]. */
  readonly logits: Float32Array;
  /** Id of the edit that was applied. */
  readonly edit?: string;
  /** Smallest `distance / threshold` over the live edits; absent without edits. */
  readonly distance?: number;
  /** The prompt that was run, where the edit rewrote it. */
  readonly prompt?: Prompt;
}

export interface SteeredLMOptions {
  /**
   * `prompt` (default): only the token after the prompt is steered, as in the paper; an object of several
   * tokens goes on unassisted. `every-step`: each token's state is matched anew. A policy decides at each step at
   * which an edit is in scope. Whichever it is, an edit with maps of later tokens (`laterTokens`) goes on with its
   * object once it has begun.
   */
  readonly apply?: 'prompt' | 'every-step' | SteeringPolicy;
  /** Called for each activation that an edit replaces. */
  readonly onSelect?: (event: SelectEvent) => void;
  /** For edits whose scope compares sentence embeddings. */
  readonly embedder?: PromptEmbedder;
  /** `refuse` (default) fails on edits learned on other weights, `allow` lists them under `warnings`. */
  readonly otherModels?: 'refuse' | 'allow';
  /** Prompts a pass of `respond` and `observe`. Default 128. */
  readonly batchSize?: number;
}

/** One text of a batch: its prompt, and options as if it were generated alone. */
export type SteeredRequest = Omit<GenerateRequest, 'intervention'>;

/** A model that answers with edits applied. */
export interface SteeredLM {
  readonly lm: CausalLM;
  /** One message for each edit that was not learned on this model. */
  readonly warnings: readonly string[];
  /** Prompts as the live edits' scopes see them, sentence embedding included where one wants it, in batches. */
  observe(prompts: readonly Prompt[], options?: { readonly signal?: AbortSignal }): Promise<Observation[]>;
  /** All live edits with their distances from a query, the one to apply first. */
  candidates(query: Query): Candidate[];
  /** The edit that applies to a query, if one does. */
  select(query: Query): Selection | undefined;
  /** Next-token answers to prompts, in batches. */
  respond(
    prompts: readonly Prompt[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<SteeredResponse[]>;
  /** Streams a continuation with the edits that are live when it starts. */
  generate(prompt: Prompt, options?: Omit<GenerateOptions, 'intervention'>): AsyncIterable<GeneratedToken>;
  /**
   * Streams of many texts that share the model's passes, each as `generate` gives it, with the edits that are live
   * now. As `CausalLM.generateBatch`.
   */
  generateBatch(
    requests: readonly SteeredRequest[],
    options?: { readonly signal?: AbortSignal },
  ): AsyncIterable<GeneratedToken>[];
}

const WHERE = 'createSteeredLM';

/**
 * Steers a frozen model with edits: the map of the edit in whose scope a query lies replaces the last-token
 * activation before the LM head.
 *
 * Each call reads the edits anew, so a change of the library counts from the next call on. Where no edit applies,
 * the logits are bitwise those of the same call without edits, because the same passes run on the same values
 * (given a model whose last-token activation does not depend on which layers are collected). An array of
 * edits is oldest first.
 *
 * @throws {SakeError} from every call: `shape-mismatch` for an edit of another width, `invalid-input` for one
 * learned on other weights (unless allowed), `invalid-option` for a scope that wants an embedder where none
 * is given, `numerical` when a map yields values that are not finite.
 */
export function createSteeredLM(
  lm: CausalLM,
  edits: EditLibrary | readonly Edit[],
  options: SteeredLMOptions = {},
): SteeredLM {
  const { apply = 'prompt', onSelect, embedder, otherModels = 'refuse', batchSize = 128 } = options;
  checkOptions(apply, otherModels, batchSize);

  const heldEdits = (): readonly Edit[] => ('list' in edits ? edits.list() : [...edits]);
  const liveEdits = (): readonly Edit[] => {
    const live = heldEdits();
    for (const edit of live) checkModel(edit, lm.info, otherModels === 'allow');
    return live;
  };

  const look = async (
    live: readonly Edit[],
    prompts: readonly Prompt[],
    signal: AbortSignal | undefined,
  ): Promise<Observation[]> => {
    const observations = await lm.observe(prompts, {
      layers: layersOf(live),
      ...(signal === undefined ? {} : { signal }),
    });
    const embeddings = await embedTexts(
      prompts.map((prompt) => (typeof prompt === 'string' ? prompt : lm.decode(prompt))),
      { layers: [], embedding: wantsEmbedding(live) },
      embedder,
      WHERE,
    );
    return embeddings === undefined
      ? observations
      : observations.map((observation, index) => ({ ...observation, embedding: row(embeddings, index) }));
  };

  const respondTo = async (
    live: readonly Edit[],
    prompts: readonly Prompt[],
    signal: AbortSignal | undefined,
    first: number,
  ): Promise<SteeredResponse[]> => {
    const cols = lm.info.hiddenSize;
    const hidden = new Float32Array(prompts.length * cols); // [n, d]
    const observations = await look(live, prompts, signal);
    const ranked = observations.map((observation, index) => {
      const candidates = rankEdits(live, observation);
      const selection = chosen(candidates);
      const activation = observation.lastTokenActivation;
      if (selection === undefined) hidden.set(activation, index * cols);
      else {
        const { id, map } = selection.edit;
        onSelect?.({ prompt: prompts[index]!, index: first + index, step: 0, selection, position: 0 });
        hidden.set(applyMap(map, id, activation, WHERE), index * cols);
      }
      return { selection, candidates };
    });
    const logits = await lm.project({ rows: prompts.length, cols, data: hidden });
    return ranked.map(({ selection, candidates }, index) => ({
      logits: row(logits, index),
      ...(selection === undefined ? {} : { edit: selection.edit.id }),
      ...(candidates.length === 0 ? {} : { distance: Math.min(...candidates.map(({ ratio }) => ratio)) }),
    }));
  };

  const inBatches = async <T>(
    prompts: readonly Prompt[],
    signal: AbortSignal | undefined,
    run: (
      live: readonly Edit[],
      batch: readonly Prompt[],
      signal: AbortSignal | undefined,
      first: number,
    ) => Promise<T[]>,
  ): Promise<T[]> => {
    const live = liveEdits();
    const results: T[] = [];
    for (let at = 0; at < prompts.length; at += batchSize) {
      throwIfAborted(signal, WHERE);
      for (const result of await run(live, prompts.slice(at, at + batchSize), signal, at))
        results.push(result);
    }
    return results;
  };

  const steering = { apply, onSelect, embedder, where: WHERE };
  const steeredBy = (live: readonly Edit[], prompt: Prompt, index: number): GenerateOptions =>
    live.length === 0 ? {} : { intervention: steerText(lm, live, { prompt, index }, steering) };

  return {
    lm,
    get warnings() {
      return heldEdits().flatMap((edit) => modelMismatch(edit, lm.info)?.message ?? []);
    },
    observe: (prompts, { signal } = {}) => inBatches(prompts, signal, look),
    candidates: (query) => rankEdits(liveEdits(), query),
    select: (query) => chosen(rankEdits(liveEdits(), query)),
    respond: (prompts, { signal } = {}) => inBatches(prompts, signal, respondTo),
    async *generate(prompt, generateOptions = {}) {
      yield* lm.generate(prompt, { ...generateOptions, ...steeredBy(liveEdits(), prompt, 0) });
    },
    generateBatch(requests, batchOptions) {
      const live = liveEdits();
      return lm.generateBatch(
        requests.map((request, index) => ({ ...request, ...steeredBy(live, request.prompt, index) })),
        batchOptions,
      );
    },
  };
}

function checkOptions(apply: unknown, otherModels: string, batchSize: number): void {
  const fail = (option: string, expected: string, got: unknown): never => {
    throw new SakeError(
      'invalid-option',
      `${WHERE}: expected ${option} to be ${expected}, got ${JSON.stringify(got)}`,
    );
  };
  if (apply !== 'prompt' && apply !== 'every-step' && typeof apply !== 'function')
    fail('apply', "'prompt', 'every-step' or a policy", apply);
  if (otherModels !== 'refuse' && otherModels !== 'allow')
    fail('otherModels', "'refuse' or 'allow'", otherModels);
  if (!Number.isInteger(batchSize) || batchSize < 1) fail('batchSize', 'a positive integer', batchSize);
}
