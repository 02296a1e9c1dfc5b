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
  type ScopedEdit,
  throwIfAborted,
} from '@sakejs/spec';
import { deferStreams } from './deferred-streams.js';
import { isMapEdit, isScopedEdit, isWeightDeltaEdit } from './edit-kinds.js';
import type { EditLibrary } from './edit-library.js';
import { hookedModel } from './layer-hooks.js';
import { checkModel, modelMismatch } from './model-match.js';
import { observePrompts } from './observe-prompts.js';
import { needsPlan, planTexts, steeredByMaps } from './plan-texts.js';
import { plannedStreams } from './planned-streams.js';
import { type Candidate, rankEdits } from './rank-edits.js';
import { respondTo } from './respond-to.js';
import { settleScopes } from './settle-scopes.js';
import { type SteeredLMOptions, steeringOf } from './steered-options.js';
import type { Selection } from './steering-policy.js';
import { chosen } from './text-steering.js';
import { weightConflicts } from './weight-conflicts.js';
import { weightView } from './weight-view.js';

/** What a steered model says right after a prompt. */
export interface SteeredResponse {
  /** Next-token logits, [vocabulary]. */
  readonly logits: Float32Array;
  /**
   * The model on which a text that continues the prompt goes on, where changes of weights or a hook live on in it or
   * another one reads the rewritten prompt; absent where that is the plain model.
   */
  readonly lm?: CausalLM;
  /** Id of the edit that was applied. */
  readonly edit?: string;
  /** Ids of the live changes of weights, oldest first: they apply to every prompt, beside `edit`. Absent without any. */
  readonly weightEdits?: readonly string[];
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
  /** One message for each edit that was not learned on this model, and for each conflict between changes of weights. */
  readonly warnings: readonly string[];
  /** Prompts as the live edits' scopes see them, sentence embedding included where one wants it, in batches. */
  observe(prompts: readonly Prompt[], options?: { readonly signal?: AbortSignal }): Promise<Observation[]>;
  /** All live edits that have a scope, with their distances from a query, the one to apply first. */
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
 * Steers a frozen model with edits. All live changes of weights apply together, always. Of the edits that have a scope the
 * one that ranks first and holds a query applies, whatever its kind, and no other: the map of a map edit replaces the
 * last-token activation before the LM head, the text of a prompt edit is put in front of the prompt and the model
 * reads the result, a layer hook changes residual streams of the prompt and the model reads it anew.
 *
 * A prompt is matched as it was given, and rewritten at most once; what is said after a rewritten prompt may be steered
 * by map edits from the second token on, where `apply` asks for it; so with hooks, which are of the prompt alone. Both cost
 * `generate` and `generateBatch` a pass over the prompts while any is live, and a pass over those that they change.
 *
 * Each call reads the edits anew, so a change of the library counts from the next call on. Where no edit applies,
 * the logits are bitwise those of the same call without edits, because the same passes run on the same values
 * (given a model whose last-token activation does not depend on which layers are collected). An array of
 * edits is oldest first. With changes of weights live, scopes see the states of the changed model, and the logits
 * that the other edits leave alone are those of the changed model.
 *
 * @throws {SakeError} from every call: `shape-mismatch` for an edit of another width, `invalid-input` for one
 * learned on other weights (unless allowed) and for a rewritten prompt longer than the model's positions, `unsupported`
 * for a change of weights or a layer hook on a model without access to its blocks,
 * `invalid-option` for a scope that wants an embedder where none is given and for an edit answered by a
 * model that is not given, `numerical` when a map yields values that
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
  /** The edits that have a scope, the model as the others make it, and who these are. */
  const readEdits = (): Live => {
    const held = heldEdits();
    for (const edit of held) checkModel(edit, lm.info, otherModels === 'allow');
    const weights = held.filter(isWeightDeltaEdit);
    return {
      live: settleScopes(held.filter(isScopedEdit)),
      changed: weightView(lm, weights, WHERE),
      weightEdits: weights.map(({ id }) => id),
    };
  };

  const inBatches = async <T>(
    prompts: readonly Prompt[],
    signal: AbortSignal | undefined,
    run: (edits: Live, batch: readonly Prompt[], first: number) => Promise<T[]>,
  ): Promise<T[]> => {
    const read = readEdits();
    const results: T[] = [];
    for (let at = 0; at < prompts.length; at += batchSize) {
      throwIfAborted(signal, WHERE);
      for (const result of await run(read, prompts.slice(at, at + batchSize), at)) results.push(result);
    }
    return results;
  };

  return {
    lm,
    get warnings() {
      const held = heldEdits();
      return [
        ...held.flatMap((edit) => modelMismatch(edit, lm.info)?.message ?? []),
        ...weightConflicts(held.filter(isWeightDeltaEdit)).map(({ message }) => message),
      ];
    },
    observe: (prompts, { signal } = {}) =>
      inBatches(prompts, signal, ({ live, changed }, batch) =>
        observePrompts(changed, live, batch, { ...steering, signal }),
      ),
    candidates: (query) => rankEdits(readEdits().live, query),
    select: (query) => chosen(rankEdits(readEdits().live, query), gate),
    respond: (prompts, { signal } = {}) =>
      inBatches(prompts, signal, async ({ live, changed, weightEdits }, batch, first) => {
        const responses = await respondTo(changed, live, batch, { ...steering, signal, first });
        return weightEdits.length === 0
          ? responses
          : responses.map((response) => ({ lm: changed, ...response, weightEdits }));
      }),
    async *generate(prompt, { signal, ...request } = {}) {
      const { live, changed } = readEdits();
      const planned = await planTexts(changed, live, [{ ...request, prompt }], { ...steering, signal });
      const [text] = planned;
      if (isSakeError(text)) throw text;
      const { prompt: read, ...rest } = text!.request;
      const model = text!.hooked ? hookedModel(changed, [text!.hooked], WHERE) : (text!.by ?? changed);
      yield* model.generate(read, { ...rest, ...(signal && { signal }) });
    },
    generateBatch(requests, { signal } = {}) {
      const { live, changed } = readEdits();
      if (!needsPlan(live))
        return changed.generateBatch(
          requests.map((request, index) =>
            steeredByMaps(changed, live.filter(isMapEdit), request, index, steering),
          ),
          signal === undefined ? {} : { signal },
        );
      return deferStreams(requests.length, async () =>
        plannedStreams(
          changed,
          await planTexts(changed, live, requests, { ...steering, signal }),
          signal,
          WHERE,
        ),
      );
    },
  };
}

/** The edits of a call. */
interface Live {
  /** Those that have a scope, oldest first, beside each other. */
  readonly live: readonly ScopedEdit[];
  /** The model as the changes of weights make it. */
  readonly changed: CausalLM;
  /** Ids of the changes of weights. */
  readonly weightEdits: readonly string[];
}
