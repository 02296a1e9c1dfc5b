import {
  type CausalLM,
  type Intervention,
  type LaterMap,
  type MapEdit,
  type Prompt,
  row,
  SakeError,
  type ScopedEdit,
  type TransportMap,
} from '@sakejs/spec';
import { rankEdits, type Candidate } from './rank-edits.js';
import { embedTexts } from './scope-queries.js';
import type { Gate, Steering } from './steered-options.js';
import type { SelectEvent, Selection } from './steering-policy.js';

/** How the steps of a text are steered. */
export type TextSteeringOptions = Pick<Steering, 'apply' | 'gate' | 'onSelect' | 'embedder' | 'where'>;

/** A text to steer with maps. */
export interface SteeredText {
  readonly prompt: Prompt;
  readonly index: number;
  /** The first step that is steered: 1 where a prompt edit was the one to apply at step 0. Default 0. */
  readonly from?: number;
  /** Earlier steps at which an edit applied. Default none. */
  readonly steered?: readonly number[];
}

/** The union of the layers that live edits' scopes look at and that their hooks replace, ascending. */
export function layersOf(live: readonly ScopedEdit[]): number[] {
  const replaced = live.flatMap((edit) =>
    edit.kind === 'layer-hook' && edit.hook.operation === 'replace' ? [edit.hook.layer] : [],
  );
  const layers = [...live.flatMap(({ scope }) => scope.needs.layers), ...replaced];
  return [...new Set(layers)].sort((a, b) => a - b);
}

export const wantsEmbedding = (live: readonly ScopedEdit[]): boolean =>
  live.some(({ scope }) => scope.needs.embedding);

/** The best candidate, where it is in scope or the gate is open. */
export function chosen<E extends ScopedEdit>(
  [best]: readonly Candidate<E>[],
  gate: Gate,
): Selection<E> | undefined {
  return best?.inScope === true || gate === 'open' ? best : undefined;
}

/** @throws {SakeError} `numerical` for values of another number, or not finite. */
export function applyMap(
  map: TransportMap,
  id: string,
  activation: Float32Array,
  where: string,
): Float32Array {
  const result = map.apply(activation);
  if (result.length !== activation.length || !result.every(Number.isFinite))
    throw new SakeError(
      'numerical',
      `${where}: expected ${activation.length} finite values from the map of edit '${id}', got others; remove the edit and learn it again`,
      { details: { edit: id, length: result.length } },
    );
  return result;
}

/**
 * The intervention that steers one text with edits.
 *
 * An edit's own map replaces the activation where its scope and the policy agree. An edit with maps of later tokens
 * then goes on with its object, without asking either, for as long as what the model says is the object.
 */
export function steerText(
  lm: CausalLM,
  live: readonly MapEdit[],
  { prompt, index, from: firstStep = 0, steered: before = [] }: SteeredText,
  { apply, gate, onSelect, embedder, where }: TextSteeringOptions,
): Intervention {
  const steered = [...before];
  /** The edit whose object is being said, and where in the tokens it began. */
  let speaking: { readonly selection: Selection<MapEdit>; readonly from: number } | undefined;

  const replace = (
    map: TransportMap,
    activation: Float32Array,
    event: Pick<SelectEvent, 'step' | 'position'> & { readonly selection: Selection<MapEdit> },
  ): Float32Array => {
    onSelect?.({ prompt, index, ...event });
    steered.push(event.step);
    return applyMap(map, event.selection.edit.id, activation, where);
  };

  return {
    layers: layersOf(live),
    intervene: async ({ step, tokens, lastTokenActivation, observation }) => {
      if (speaking !== undefined) {
        const { selection, from } = speaking;
        const later = laterMap(selection.edit, tokens.slice(from));
        if (later !== undefined)
          return replace(later.map, lastTokenActivation, { step, selection, position: later.after.length });
        speaking = undefined;
      }
      if (step < firstStep || (step > 0 && apply === 'prompt')) return undefined;
      const read = step === 0 && typeof prompt === 'string' ? prompt : lm.decode(tokens);
      const embeddings = await embedTexts(
        [read],
        { layers: [], embedding: wantsEmbedding(live) },
        embedder,
        where,
      );
      const query =
        embeddings === undefined ? observation : { ...observation, embedding: row(embeddings, 0) };
      const selection = chosen(rankEdits(live, { ...query, lastTokenActivation }), gate);
      if (selection === undefined) return undefined;
      if (
        typeof apply === 'function' &&
        !(await apply({ prompt, index, step, tokens, selection, steered: [...steered] }))
      )
        return undefined;
      speaking = { selection, from: tokens.length };
      return replace(selection.edit.map, lastTokenActivation, { step, selection, position: 0 });
    },
  };
}

/** The map for what follows these tokens of the object, if they are its beginning. */
function laterMap({ later = [] }: MapEdit, said: readonly number[]): LaterMap | undefined {
  return later.find(
    ({ after }) => after.length === said.length && after.every((token, at) => token === said[at]),
  );
}
