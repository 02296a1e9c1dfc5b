import {
  type CausalLM,
  type Edit,
  type GeneratedToken,
  type GenerateOptions,
  type GenerateRequest,
  isSakeError,
  type Observation,
  type Prompt,
  type Query,
  type SakeError,
  throwIfAborted,
} from '@sakejs/spec';
import { deferStreams } from './deferred-streams.js';
import type { EditLibrary } from './edit-library.js';
import { checkModel, modelMismatch } from './model-match.js';
import { observePrompts } from './observe-prompts.js';
import { isMapEdit, isPromptEdit, planTexts, steeredByMaps } from './plan-texts.js';
import { type Candidate, rankEdits } from './rank-edits.js';
import { respondTo } from './respond-to.js';
import { type SteeredLMOptions, steeringOf } from './steered-options.js';
import type { Selection } from './steering-policy.js';
import { chosen } from './text-steering.js';

/** What a steered model says right after a prompt. */
export interface SteeredResponse {
  /** Next-token logits, [vocabulary]. */
  readonly logits: Float32Array;
  /** Id of the edit that was applied. */
  readonly edit?: string;
  /** The prompt that the model read instead, where a prompt edit was applied: what goes on from here goes on from it. */
  readonly prompt?: Prompt;
  /** Smallest `distance / threshold` over the live edits; absent without edits. */
  readonly distance?: number;
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
  /** The edit that applies to a query, if one does: the first in scope, or simply the first with an open gate. */
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
 * Steers a frozen model with edits. The edit that ranks first and holds a query in its scope applies, whatever its
 * kind, and no other: the map of a map edit replaces the last-token activation before the LM head, the text of a
 * prompt edit is put in front of the prompt and the model reads the result.
 *
 * A prompt is matched as it was given, and rewritten at most once; what is said after a rewritten prompt may be steered
 * by map edits from the second token on, where `apply` asks for it. Prompt edits cost `generate` and `generateBatch` a
 * pass over the prompts while any is live, and a pass over the rewritten ones.
 *
 * Each call reads the edits anew, so a change of the library counts from the next call on. Where no edit applies,
 * the logits are bitwise those of the same call without edits, because the same passes run on the same values
 * (given a model whose last-token activation does not depend on which layers are collected). An array of
 * edits is oldest first.
 *
 * @throws {SakeError} from every call: `shape-mismatch` for an edit of another width, `invalid-input` for one
 * learned on other weights (unless allowed) and for a rewritten prompt longer than the model's positions,
 * `invalid-option` for a scope that wants an embedder where none is given, `numerical` when a map yields values that
 * are not finite.
 */
export function createSteeredLM(
  lm: CausalLM,
  edits: EditLibrary | readonly Edit[],
  options: SteeredLMOptions = {},
): SteeredLM {
  const steering = steeringOf(options, WHERE);
  const { gate, otherModels, batchSize } = steering;

  const heldEdits = (): readonly Edit[] => ('list' in edits ? edits.list() : [...edits]);
  const liveEdits = (): readonly Edit[] => {
    const live = heldEdits();
    for (const edit of live) checkModel(edit, lm.info, otherModels === 'allow');
    return live;
  };

  const inBatches = async <T>(
    prompts: readonly Prompt[],
    signal: AbortSignal | undefined,
    run: (live: readonly Edit[], batch: readonly Prompt[], first: number) => Promise<T[]>,
  ): Promise<T[]> => {
    const live = liveEdits();
    const results: T[] = [];
    for (let at = 0; at < prompts.length; at += batchSize) {
      throwIfAborted(signal, WHERE);
      for (const result of await run(live, prompts.slice(at, at + batchSize), at)) results.push(result);
    }
    return results;
  };

  return {
    lm,
    get warnings() {
      return heldEdits().flatMap((edit) => modelMismatch(edit, lm.info)?.message ?? []);
    },
    observe: (prompts, { signal } = {}) =>
      inBatches(prompts, signal, (live, batch) => observePrompts(lm, live, batch, { ...steering, signal })),
    candidates: (query) => rankEdits(liveEdits(), query),
    select: (query) => chosen(rankEdits(liveEdits(), query), gate),
    respond: (prompts, { signal } = {}) =>
      inBatches(prompts, signal, (live, batch, first) =>
        respondTo(lm, live, batch, { ...steering, signal, first }),
      ),
    async *generate(prompt, { signal, ...request } = {}) {
      const [planned] = await planTexts(lm, liveEdits(), [{ ...request, prompt }], { ...steering, signal });
      if (isSakeError(planned)) throw planned;
      const { prompt: read, ...rest } = planned!;
      yield* lm.generate(read, { ...rest, ...(signal && { signal }) });
    },
    generateBatch(requests, { signal } = {}) {
      const live = liveEdits();
      const passing = signal === undefined ? {} : { signal };
      if (!live.some(isPromptEdit))
        return lm.generateBatch(
          requests.map((request, index) =>
            steeredByMaps(lm, live.filter(isMapEdit), request, index, steering),
          ),
          passing,
        );
      return deferStreams(requests.length, async () => {
        const planned = await planTexts(lm, live, requests, { ...steering, signal });
        const running = planned.filter((text): text is GenerateRequest => !isSakeError(text));
        const streams = lm.generateBatch(running, passing);
        let at = 0;
        return planned.map((text) => (isSakeError(text) ? failing(text) : streams[at++]!));
      });
    },
  };
}

/** A stream that only throws. */
const failing = (error: SakeError): AsyncIterable<GeneratedToken> => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
});
