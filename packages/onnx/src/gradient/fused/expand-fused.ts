import { SakeError } from '@sakejs/spec';
import { GraphBuilder, type Dimension } from '../../graph-builder.js';
import type { OnnxGraph, OnnxModel, OnnxNode } from '../../ir.js';
import { operatorKey, opsetVersion } from '../../operator-key.js';
import { renameTensors } from '../../surgery/rename-tensors.js';
import { tensorsRead } from '../../surgery/tensors-read.js';
import { inferFacts } from '../facts/infer-facts.js';
import { GradientGraph } from '../gradient-graph.js';
import { fusedRules } from './fused-rules.js';

export interface ExpandOptions {
  /** Only nodes that depend on one of these tensors are expanded. */
  readonly from: readonly string[];
  /** Operators that stay as they are. */
  readonly except: (key: string) => boolean;
  readonly shapes?: Readonly<Record<string, readonly Dimension[]>>;
}

/**
 * A model whose fused attention, rotary embeddings and norms are written in primitive operators.
 *
 * What they compute is the same up to rounding. Outputs keep their names. The model given is left as it is.
 *
 * @throws {SakeError} `unsupported` for a form of an operator that has no expansion; operator and node are named.
 */
export function expandFused(model: OnnxModel, { from, except, shapes }: ExpandOptions): OnnxModel {
  const fused = dependents(model.graph, from).filter((node) => {
    const key = operatorKey(node);
    return Object.hasOwn(fusedRules, key) && !except(key);
  });
  if (fused.length === 0) return model;
  const replaced = new Set(fused);
  const rest: OnnxGraph = {
    ...model.graph,
    nodes: model.graph.nodes.filter((node) => !replaced.has(node)),
    initializers: [...model.graph.initializers],
  };
  const builder = new GraphBuilder(rest);
  const facts = inferFacts(model, shapes);
  const graph = new GradientGraph({ builder, facts, opset: opsetVersion(model), fused: false });
  const parts = new Map<OnnxNode, readonly OnnxNode[]>();
  for (const node of fused) {
    const before = rest.nodes.length;
    const results = fusedRules[operatorKey(node)]!.expand(node, graph);
    const made = new Set(rest.nodes.slice(before).flatMap(({ outputs }) => outputs));
    const names = new Map<string, string>();
    node.outputs.forEach((name, i) => {
      const result = results[i];
      if (name === '') return;
      if (result === undefined) {
        if (isRead(model.graph, name)) throw missing(node, name);
      } else if (names.has(result) || !made.has(result))
        builder.node('Identity', [result], { outputs: [name] });
      else names.set(result, name);
    });
    // Under the node's own names, so that what the parts read of each other is what others read of the node.
    parts.set(
      node,
      rest.nodes.splice(before).map((part) => renameTensors(part, names)),
    );
  }
  const nodes = model.graph.nodes.flatMap((node) => parts.get(node) ?? [node]);
  return { ...model, graph: { ...rest, nodes } };
}

/** Nodes that read what depends on given tensors. */
function dependents(graph: OnnxGraph, from: readonly string[]): OnnxNode[] {
  const varies = new Set(from);
  return graph.nodes.filter((node) => {
    if (!tensorsRead(node).some((name) => varies.has(name))) return false;
    for (const name of node.outputs) if (name !== '') varies.add(name);
    return true;
  });
}

function isRead(graph: OnnxGraph, name: string): boolean {
  return (
    graph.outputs.some((output) => output.name === name) ||
    graph.nodes.some((node) => tensorsRead(node).includes(name))
  );
}

function missing(node: OnnxNode, output: string): SakeError {
  return new SakeError(
    'unsupported',
    `differentiate: expected a graph that does not read the output "${output}" of ${operatorKey(node)} "${node.name}", which has no gradient rule`,
    { details: { operator: operatorKey(node), node: node.name } },
  );
}
