import { SakeError } from '@sakejs/spec';
import { tensorInfo, type Dimension } from '../graph-builder.js';
import { DataType, type OnnxGraph, type OnnxModel, type OnnxNode } from '../ir.js';
import { castNode } from './cast-node.js';
import { checkGraph } from './check-graph.js';
import { GraphIndex } from './graph-index.js';
import { prune } from './prune.js';
import { renameTensors, freshNames } from './rename-tensors.js';
import { skipNormOf, withSums } from './skip-norm.js';

/** From this version on initializers need not be declared as inputs. */
export const LEAST_IR_VERSION = 4;

export interface BodyOptions {
  /** Inner tensors to give as outputs: the hidden states, residual streams. They come first, in this order. */
  readonly outputs: readonly string[];
  /** Whether to keep the cache's outputs, those whose names start with `present`, or which; true by default. */
  readonly cache?: boolean | readonly string[];
  /** Whether the inner tensors are given in float32, whatever type the graph computes them in; true by default. */
  readonly float32?: boolean;
}

/**
 * A decoder without its head: chosen inner tensors and the cache instead of logits, and only what these need.
 *
 * Weights are shared with the model, not copied; external data stays where it is.
 * @throws {SakeError} `not-found` for a tensor that no node makes; `invalid-option` without outputs or for a name that
 *   starts with `present`, which cached decoding would take for a part of the cache; `invalid-file` for a malformed graph.
 */
export function bodyModel(model: OnnxModel, options: BodyOptions): OnnxModel {
  const { outputs, cache = true, float32 = true } = options;
  if (outputs.length === 0)
    throw new SakeError('invalid-option', 'bodyModel: expected tensors to give as outputs, got none');
  const graph = checkGraph(model.graph);
  const index = new GraphIndex(graph);
  for (const name of outputs) {
    if (index.position(name) < 0 && skipNormOf(index, name) === undefined)
      throw new SakeError('not-found', `bodyModel: expected a tensor that a node makes, got "${name}"`);
    if (name.startsWith('present'))
      throw new SakeError(
        'invalid-option',
        `bodyModel: expected outputs that are not part of the cache, got "${name}"`,
      );
  }
  const shown = withSums(graph, outputs);
  const typed = new GraphIndex(shown);
  const taps = [...new Set(outputs)].map((name) => ({ name, type: typed.elementType(name) }));
  const widened = float32 ? taps.filter(({ type }) => type !== DataType.FLOAT) : [];
  const infos = taps.map(({ name, type }) =>
    tensorInfo(
      name,
      (float32 ? DataType.FLOAT : type) as DataType,
      typed.declaredDims(name) as readonly Dimension[] | undefined,
    ),
  );
  const kept = graph.outputs.filter(({ name }) =>
    typeof cache === 'boolean' ? cache && name.startsWith('present') : cache.includes(name),
  );
  const pruned = prune(
    widenTensors(
      shown,
      widened.map(({ name }) => name),
    ),
    [...infos, ...kept],
  );
  return { ...model, irVersion: Math.max(model.irVersion, LEAST_IR_VERSION), graph: pruned };
}

/** The graph with tensors of these names in float32, under which the graph itself goes on with what it had. */
function widenTensors(graph: OnnxGraph, names: readonly string[]): OnnxGraph {
  if (names.length === 0) return graph;
  const fresh = freshNames(graph);
  const stored = new Map(names.map((name) => [name, fresh(`${name}.stored`)]));
  const nodes = graph.nodes.flatMap((node) => {
    const renamed = renameTensors(node, stored);
    const casts = node.outputs.flatMap((name): OnnxNode[] => {
      const from = stored.get(name);
      return from === undefined ? [] : [castNode(from, name, DataType.FLOAT)];
    });
    return [renamed, ...casts];
  });
  const valueInfo = graph.valueInfo.map((value) => ({
    ...value,
    name: stored.get(value.name) ?? value.name,
  }));
  return { ...graph, nodes, valueInfo };
}
