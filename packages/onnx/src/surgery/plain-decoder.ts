import type { OnnxGraph, OnnxModel, OnnxValueInfo } from '../ir.js';
import { checkGraph } from './check-graph.js';
import { decoderLayout } from './decoder-layout.js';
import { inlineBranches } from './inline-branches.js';
import { inlineFunctions } from './inline-functions.js';
import { nestedDecoder } from './nested-decoder.js';
import { prune } from './prune.js';

export interface PlainDecoderOptions {
  /** Whether a decoder that comes in two forms shall take a past; true by default. */
  readonly useCache?: boolean;
}

/**
 * The decoder of a model as a plain graph: ids (and a past) in, logits (and the cache) out.
 *
 * A merged export is specialised to one of its branches, a decoder inside BeamSearch, GreedySearch or Sampling taken
 * out, functions of the model and branches whose condition is constant written out where they are used. A model that is
 * plain already comes back as it is. Weights are shared, not copied; external data stays where it is.
 * @throws {SakeError} `invalid-file` for a malformed graph; `unsupported` for an encoder-decoder.
 */
export function plainDecoder(model: OnnxModel, options: PlainDecoderOptions = {}): OnnxModel {
  const { useCache = true } = options;
  const whole = inlineFunctions(model);
  const layout = decoderLayout(whole);
  const graph = checkGraph(whole.graph);
  if (layout.kind === 'generation')
    return plainDecoder({ ...whole, graph: nestedDecoder(graph, layout.node) }, options);
  const known = layout.kind === 'merged' ? new Map([[layout.condition, useCache]]) : undefined;
  const written = writtenOut({ ...whole, graph }, known);
  if (written.graph === model.graph) return model;
  const ordered = checkGraph(written.graph);
  const pruned = prune(ordered, ordered.outputs);
  return { ...written, graph: layout.kind === 'merged' ? withMaskOverPast(pruned) : pruned };
}

/** The model with decided branches and called functions in their places, those within each other too. */
function writtenOut(model: OnnxModel, known: ReadonlyMap<string, boolean> | undefined): OnnxModel {
  for (let current = model; ;) {
    // A branch may call functions, and a function may hold branches.
    const next = inlineFunctions({ ...current, graph: inlineBranches(current.graph, known) });
    if (next.graph === current.graph) return next;
    current = next;
  }
}

/**
 * Merged exports declare one mask for both branches, as long as the ids. With a past it is longer, and a runtime that
 * took equal names for equal sizes would reuse memory that is too small.
 */
function withMaskOverPast(graph: OnnxGraph): OnnxGraph {
  if (!graph.inputs.some(({ name }) => name.startsWith('past'))) return graph;
  const length = graph.inputs.find(({ name }) => name === 'input_ids')?.type?.tensor?.shape?.[1]?.param;
  const inputs = graph.inputs.map((input): OnnxValueInfo => {
    const shape = input.type?.tensor?.shape;
    if (input.name !== 'attention_mask' || length === undefined || shape?.[1]?.param !== length) return input;
    const dims = shape.map((dim, axis) =>
      axis === 1 ? { ...dim, param: `past_sequence_length + ${length}` } : dim,
    );
    return { ...input, type: { ...input.type, tensor: { ...input.type!.tensor!, shape: dims } } };
  });
  return { ...graph, inputs };
}
