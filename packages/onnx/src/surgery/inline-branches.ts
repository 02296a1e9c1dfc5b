import { findAttribute } from '../attributes.js';
import type { OnnxGraph, OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { constantNumbers } from './constant-numbers.js';
import { GraphIndex } from './graph-index.js';
import { inlineGraph } from './inline-graph.js';
import { freshNames } from './rename-tensors.js';
import { tensorsMade } from './tensors-read.js';

/**
 * The graph with the branch that is taken in place of every `If` whose condition is constant; the graph itself where
 * there is none.
 *
 * @param known Truth values of tensors that are decided from outside, such as `use_cache_branch`.
 */
export function inlineBranches(graph: OnnxGraph, known: ReadonlyMap<string, boolean> = new Map()): OnnxGraph {
  let current = graph;
  // A branch may hold further conditions, which are decided once it is written out.
  for (let next = inlineOnce(current, known); next !== undefined; next = inlineOnce(current, known))
    current = next;
  return current;
}

function inlineOnce(graph: OnnxGraph, known: ReadonlyMap<string, boolean>): OnnxGraph | undefined {
  if (!graph.nodes.some((node) => operatorKey(node) === 'If')) return undefined;
  const index = new GraphIndex(graph);
  const branches = new Map<OnnxNode, OnnxGraph>();
  for (const node of graph.nodes) {
    if (operatorKey(node) !== 'If') continue;
    const taken = truth(index, node.inputs[0] ?? '', known);
    if (taken === undefined) continue;
    const branch = findAttribute(node, taken ? 'then_branch' : 'else_branch')?.g;
    if (branch !== undefined) branches.set(node, branch);
  }
  if (branches.size === 0) return undefined;

  const fresh = freshNames(graph);
  // Names within the branches that are written out are not in the way of their own graph's.
  const taken = new Set(tensorsMade(graph));
  const result: OnnxGraph = {
    ...graph,
    nodes: [],
    initializers: [...graph.initializers],
    valueInfo: [...graph.valueInfo],
  };
  for (const node of graph.nodes) {
    const branch = branches.get(node);
    if (branch === undefined) {
      result.nodes.push(node);
      continue;
    }
    const outside = new Set([...taken].filter((name) => !node.outputs.includes(name)));
    const inlined = inlineGraph(branch, [], node.outputs, fresh, outside);
    result.nodes.push(...inlined.nodes);
    result.initializers.push(...inlined.initializers);
    result.valueInfo.push(...inlined.valueInfo);
    for (const inner of inlined.nodes) inner.outputs.forEach((name) => taken.add(name));
    for (const { name } of inlined.initializers) taken.add(name);
  }
  return result;
}

/** Truth of a condition that is known or constant. */
function truth(index: GraphIndex, name: string, known: ReadonlyMap<string, boolean>): boolean | undefined {
  const given = known.get(name);
  if (given !== undefined) return given;
  const node = index.producer(name);
  const [first = ''] = node?.inputs ?? [];
  if (node?.opType === 'Not') {
    const inner = truth(index, first, known);
    return inner === undefined ? undefined : !inner;
  }
  if (node && ['Identity', 'Cast', 'Squeeze', 'Unsqueeze', 'Reshape'].includes(node.opType))
    return truth(index, first, known);
  const values = constantNumbers(index, name);
  return values?.length === 1 ? values[0] !== 0 : undefined;
}
