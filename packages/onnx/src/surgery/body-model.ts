import { SakeError } from '@sakejs/spec';
import { tensorInfo } from '../graph-builder.js';
import type { DataType, OnnxModel } from '../ir.js';
import { GraphIndex } from './graph-index.js';
import { prune } from './prune.js';

export interface BodyOptions {
  /** Inner tensors to give as outputs: the hidden states, residual streams. They come first, in this order. */
  readonly outputs: readonly string[];
  /** Whether to keep the cache's outputs; true by default. */
  readonly cache?: boolean;
}

/**
 * A decoder without its head: chosen inner tensors and the cache instead of logits, and only what these need.
 *
 * Weights are shared with the model, not copied; external data stays where it is.
 * @throws {SakeError} `not-found` for a tensor that no node makes; `invalid-option` without outputs or for a name that
 *   starts with `present`, which cached decoding would take for a part of the cache.
 */
export function bodyModel(model: OnnxModel, options: BodyOptions): OnnxModel {
  const { outputs, cache = true } = options;
  const index = new GraphIndex(model.graph);
  if (outputs.length === 0)
    throw new SakeError('invalid-option', 'bodyModel: expected tensors to give as outputs, got none');
  for (const name of outputs) {
    if (index.position(name) < 0)
      throw new SakeError('not-found', `bodyModel: expected a tensor that a node makes, got "${name}"`);
    if (name.startsWith('present'))
      throw new SakeError(
        'invalid-option',
        `bodyModel: expected outputs that are not part of the cache, got "${name}"`,
      );
  }
  const known = [...model.graph.outputs, ...model.graph.valueInfo];
  const taps = outputs.map(
    (name) =>
      known.find((value) => value.name === name) ?? tensorInfo(name, index.elementType(name) as DataType),
  );
  const kept = cache ? model.graph.outputs.filter(({ name }) => name.startsWith('present')) : [];
  return { ...model, graph: prune(model.graph, [...taps, ...kept]) };
}
