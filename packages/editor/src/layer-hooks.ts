import {
  type CausalLM,
  layerAccess,
  type LayerHookEdit,
  type Observation,
  row,
  SakeError,
  type StreamAddition,
} from '@sakejs/spec';

/** A prompt that a hook applies to, and what it adds; positions count from the first token. */
export interface HookedPrompt {
  readonly tokens: readonly number[];
  readonly additions: readonly StreamAddition[];
}

/**
 * What a hook adds to a prompt, given the prompt's states without it. A state that is replaced has the difference added.
 *
 * @throws {SakeError} `shape-mismatch` for values of another width than the model's; `invalid-input` where the states
 * lack the hook's layer.
 */
export function hookPrompt(
  { id, hook }: LayerHookEdit,
  observation: Observation,
  where: string,
): HookedPrompt {
  const { tokens } = observation;
  const { layer, operation, anchor, values } = hook;
  const width = observation.lastTokenActivation.length;
  if (values.cols !== width)
    throw new SakeError(
      'shape-mismatch',
      `${where}: expected a model of hidden size ${values.cols} for edit '${id}', got ${width}; learn it again on this model`,
      { details: { edit: id } },
    );
  const first = anchor === 'start' ? 0 : tokens.length - values.rows;
  const states = observation.layers.get(layer);
  if (operation === 'replace' && states === undefined)
    throw new SakeError(
      'invalid-input',
      `${where}: expected the prompt's states after block ${layer} for edit '${id}', got none`,
      { details: { edit: id, layer } },
    );
  const additions = Array.from({ length: values.rows }, (_, at) => ({
    position: first + at,
    wanted: row(values, at),
  }))
    .filter(({ position }) => position >= 0 && position < tokens.length)
    .map(({ position, wanted }): StreamAddition => {
      if (operation === 'add') return { layer, position, values: wanted };
      const state = row(states!, position);
      return { layer, position, values: Float64Array.from(wanted, (value, i) => value - state[i]!) };
    });
  return { tokens, additions };
}

/**
 * The model with hooks on certain prompts, and on whatever goes on from them.
 *
 * @throws {SakeError} `unsupported` for a model without access to its blocks; as `LayerAccess.withChange`.
 */
export function hookedModel(lm: CausalLM, hooked: readonly HookedPrompt[], where: string): CausalLM {
  const layers = [...new Set(hooked.flatMap(({ additions }) => additions.map(({ layer }) => layer)))];
  const longestFirst = hooked.toSorted((a, b) => b.tokens.length - a.tokens.length);
  const begins = (tokens: readonly number[], prompt: readonly number[]): boolean =>
    prompt.length <= tokens.length && prompt.every((token, at) => token === tokens[at]);
  return layerAccess(lm, where).withChange({
    stream: {
      layers,
      additions: (tokens) => longestFirst.find((one) => begins(tokens, one.tokens))?.additions ?? [],
    },
  });
}
