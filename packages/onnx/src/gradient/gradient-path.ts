import { subgraphs } from '../attributes.js';
import type { OnnxGraph, OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { isFloatType } from '../tensors/float-types.js';
import type { TensorFacts } from './facts/tensor-facts.js';
import { flatOperators } from './gradient-rules.js';
import type { GradientRules } from './gradient-rule.js';

/** The part of a graph that lies between what is differentiated and what it is differentiated by. */
export interface GradientPath {
  /** Nodes that a gradient passes, in graph order. */
  readonly nodes: readonly OnnxNode[];
  /** Tensors that have a gradient. */
  readonly tensors: ReadonlySet<string>;
}

/** Finds the nodes that depend on `wrt` and that `seeds` depend on, through differentiable inputs. */
export function findGradientPath(
  graph: OnnxGraph,
  options: {
    readonly seeds: readonly string[];
    readonly wrt: readonly string[];
    readonly rules: GradientRules;
    readonly facts: ReadonlyMap<string, TensorFacts>;
  },
): GradientPath {
  const real = (name: string): boolean => {
    const dtype = options.facts.get(name)?.dtype;
    return dtype === undefined || isFloatType(dtype);
  };
  const varies = new Set(options.wrt.filter(real));
  const depending = graph.nodes.filter((node) => {
    if (!flowsFrom(node, options.rules).some((name) => varies.has(name))) return false;
    for (const name of node.outputs) if (name !== '' && real(name)) varies.add(name);
    return true;
  });
  const needed = new Set(options.seeds);
  const nodes = depending.toReversed().filter((node) => {
    if (!node.outputs.some((name) => varies.has(name) && needed.has(name))) return false;
    for (const name of flowsFrom(node, options.rules)) needed.add(name);
    return true;
  });
  return { nodes: nodes.reverse(), tensors: new Set([...varies].filter((name) => needed.has(name))) };
}

/** The inputs of a node that its outputs depend on smoothly, as far as the rules know. */
function flowsFrom(node: OnnxNode, rules: GradientRules): string[] {
  const key = operatorKey(node);
  const rule = rules.get(key);
  if (rule === undefined && flatOperators.has(key)) return [];
  const inputs = rule?.inputs?.map((index) => node.inputs[index] ?? '') ?? node.inputs;
  return [...inputs, ...subgraphs(node).flatMap(namesRead)].filter((name) => name !== '');
}

/** Every tensor that a nested graph names: those of the outer graph among them. */
function namesRead(graph: OnnxGraph): string[] {
  return [
    ...graph.outputs.map(({ name }) => name),
    ...graph.nodes.flatMap((node) => [...node.inputs, ...subgraphs(node).flatMap(namesRead)]),
  ];
}
