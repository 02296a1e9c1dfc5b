import { SakeError } from '@sakejs/spec';
import type { OnnxModel, OnnxNode } from '../ir.js';
import { operatorKey, opsetVersion } from '../operator-key.js';
import { describeNode } from './reference-op.js';
import { referenceOps } from './reference-ops.js';
import { fromOnnxTensor, type RefTensor } from './ref-tensor.js';

/**
 * Runs a model in float64, in plain JavaScript.
 *
 * The yardstick for rewritten and differentiated graphs, not a fast runtime: every float type is computed in
 * double precision, and only the nodes that the outputs need are run. A feed may also replace an initializer
 * or a tensor that a node computes.
 *
 * @param outputs Tensors to return, intermediate ones included; the graph's outputs by default.
 * @throws {SakeError} `unsupported` for an operator without an implementation (nested graphs included),
 *   `invalid-input` for a missing feed, `not-found` for an output that the graph does not have.
 */
export function evaluate(
  model: OnnxModel,
  feeds: Readonly<Record<string, RefTensor>>,
  outputs: readonly string[] = model.graph.outputs.map(({ name }) => name),
): Record<string, RefTensor> {
  const values = new Map<string, RefTensor>(Object.entries(feeds));
  const initializers = new Map(model.graph.initializers.map((tensor) => [tensor.name, tensor]));
  const inputs = new Set(model.graph.inputs.map(({ name }) => name));
  const nodes = neededNodes(model, outputs, values);

  const read = (name: string, reader: string): RefTensor => {
    const known = values.get(name);
    if (known !== undefined) return known;
    const initializer = initializers.get(name);
    if (initializer === undefined)
      throw inputs.has(name)
        ? new SakeError('invalid-input', `evaluate: expected a feed for the input "${name}", got none`)
        : new SakeError('not-found', `evaluate: expected ${reader} to be in the graph, got "${name}"`);
    const value = fromOnnxTensor(initializer);
    values.set(name, value);
    return value;
  };

  for (const node of nodes) {
    const results = run(
      model,
      node,
      node.inputs.map((name) => (name === '' ? undefined : read(name, `the input of ${describeNode(node)}`))),
    );
    node.outputs.forEach((name, i) => {
      const result = results[i];
      if (name === '' || values.has(name)) return;
      if (result === undefined)
        throw new SakeError(
          'unsupported',
          `evaluate: expected at most ${results.length} outputs of ${describeNode(node)}, got "${name}" at index ${i}`,
        );
      values.set(name, result);
    });
  }
  return Object.fromEntries(outputs.map((name) => [name, read(name, 'the output')]));
}

function run(model: OnnxModel, node: OnnxNode, inputs: (RefTensor | undefined)[]): readonly RefTensor[] {
  const key = operatorKey(node);
  const op = Object.hasOwn(referenceOps, key) ? referenceOps[key] : undefined;
  if (op === undefined)
    throw new SakeError(
      'unsupported',
      `evaluate: expected an operator it knows, got ${key} (node "${node.name}")`,
    );
  return op({ node, inputs, opset: opsetVersion(model, node.domain) });
}

/** The nodes that the outputs depend on, in graph order. */
function neededNodes(
  model: OnnxModel,
  outputs: readonly string[],
  given: ReadonlyMap<string, unknown>,
): OnnxNode[] {
  const needed = new Set(outputs.filter((name) => !given.has(name)));
  const nodes: OnnxNode[] = [];
  for (const node of model.graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    nodes.push(node);
    for (const name of node.inputs) if (!given.has(name)) needed.add(name);
  }
  return nodes.reverse();
}
