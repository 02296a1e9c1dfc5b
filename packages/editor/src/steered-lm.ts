import {
  type CausalLM,
  type Edit,
  type GeneratedToken,
  type GenerateOptions,
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

/** An edit that a query is in the scope of. */
export type Selection = Candidate;

/** Tells which edit was chosen where. */
export interface SelectEvent {
  readonly prompt: Prompt;
  /** 0 for the token after the prompt. */
  readonly step: number;
  readonly selection: Selection;
}

/** What a steered model says right after a prompt. */
export interface SteeredResponse {
  /** Next-token logits, [vocabulary]. */
  readonly logits: Float32Array;
  /** Id of the edit that was applied. */
  readonly edit?: string;
  /** Smallest `distance / threshold` over the live edits; absent without edits. */
  readonly distance?: number;
}

export interface SteeredLMOptions {
  /**
   * `prompt` (default): only the token after the prompt is steered, as in the paper; an object of several
   * tokens goes on unassisted. `every-step`: each token's state is matched anew.
   */
  readonly apply?: 'prompt' | 'every-step';
  /** Called for each activation that an edit replaces. */
  readonly onSelect?: (event: SelectEvent) => void;
  /** For edits whose scope compares sentence embeddings. */
  readonly embedder?: PromptEmbedder;
  /** `refuse` (default) fails on edits learned on other weights, `allow` lists them under `warnings`. */
  readonly otherModels?: 'refuse' | 'allow';
  /** Prompts a pass of `respond` and `observe`. Default 128. */
  readonly batchSize?: number;
}

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
  ): Promise<SteeredResponse[]> => {
    const cols = lm.info.hiddenSize;
    const hidden = new Float32Array(prompts.length * cols); // [n, d]
    const observations = await look(live, prompts, signal);
    const ranked = observations.map((observation, index) => {
      const candidates = rankEdits(live, observation);
      const selection = chosen(candidates);
      if (selection !== undefined) onSelect?.({ prompt: prompts[index]!, step: 0, selection });
      const activation = observation.lastTokenActivation;
      hidden.set(selection === undefined ? activation : mapped(selection.edit, activation), index * cols);
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
    run: (live: readonly Edit[], batch: readonly Prompt[], signal: AbortSignal | undefined) => Promise<T[]>,
  ): Promise<T[]> => {
    const live = liveEdits();
    const results: T[] = [];
    for (let at = 0; at < prompts.length; at += batchSize) {
      throwIfAborted(signal, WHERE);
      for (const result of await run(live, prompts.slice(at, at + batchSize), signal)) results.push(result);
    }
    return results;
  };

  async function* generate(
    prompt: Prompt,
    generateOptions: Omit<GenerateOptions, 'intervention'> = {},
  ): AsyncGenerator<GeneratedToken, void, undefined> {
    const live = liveEdits();
    if (live.length === 0) {
      yield* lm.generate(prompt, generateOptions);
      return;
    }
    yield* lm.generate(prompt, {
      ...generateOptions,
      intervention: {
        layers: layersOf(live),
        intervene: async ({ step, tokens, lastTokenActivation, observation }) => {
          if (step > 0 && apply === 'prompt') return undefined;
          const text = step === 0 && typeof prompt === 'string' ? prompt : lm.decode(tokens);
          const wanted = { layers: [], embedding: wantsEmbedding(live) };
          const embeddings = await embedTexts([text], wanted, embedder, WHERE);
          const query =
            embeddings === undefined ? observation : { ...observation, embedding: row(embeddings, 0) };
          const selection = chosen(rankEdits(live, { ...query, lastTokenActivation }));
          if (selection === undefined) return undefined;
          onSelect?.({ prompt, step, selection });
          return mapped(selection.edit, lastTokenActivation);
        },
      },
    });
  }

  return {
    lm,
    get warnings() {
      return heldEdits().flatMap((edit) => modelMismatch(edit, lm.info)?.message ?? []);
    },
    observe: (prompts, { signal } = {}) => inBatches(prompts, signal, look),
    candidates: (query) => rankEdits(liveEdits(), query),
    select: (query) => chosen(rankEdits(liveEdits(), query)),
    respond: (prompts, { signal } = {}) => inBatches(prompts, signal, respondTo),
    generate,
  };
}

/** The union of the layers that live edits' scopes look at, ascending. */
function layersOf(live: readonly Edit[]): number[] {
  return [...new Set(live.flatMap(({ scope }) => scope.needs.layers))].sort((a, b) => a - b);
}

const wantsEmbedding = (live: readonly Edit[]): boolean => live.some(({ scope }) => scope.needs.embedding);

function chosen([best]: readonly Candidate[]): Selection | undefined {
  return best?.inScope === true ? best : undefined;
}

function mapped({ id, map }: Edit, activation: Float32Array): Float32Array {
  const result = map.apply(activation);
  if (result.length !== activation.length || !result.every(Number.isFinite))
    throw new SakeError(
      'numerical',
      `${WHERE}: expected ${activation.length} finite values from the map of edit '${id}', got others; remove the edit and learn it again`,
      { details: { edit: id, length: result.length } },
    );
  return result;
}

function checkOptions(apply: string, otherModels: string, batchSize: number): void {
  const fail = (option: string, expected: string, got: unknown): never => {
    throw new SakeError(
      'invalid-option',
      `${WHERE}: expected ${option} to be ${expected}, got ${JSON.stringify(got)}`,
    );
  };
  if (apply !== 'prompt' && apply !== 'every-step') fail('apply', "'prompt' or 'every-step'", apply);
  if (otherModels !== 'refuse' && otherModels !== 'allow')
    fail('otherModels', "'refuse' or 'allow'", otherModels);
  if (!Number.isInteger(batchSize) || batchSize < 1) fail('batchSize', 'a positive integer', batchSize);
}
