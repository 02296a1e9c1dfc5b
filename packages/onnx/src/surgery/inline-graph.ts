import type { OnnxGraph, OnnxNode, OnnxValueInfo } from '../ir.js';
import { renameTensors } from './rename-tensors.js';
import { tensorsMade } from './tensors-read.js';

/** What takes the place of a node when the graph that it would run is written out. */
export interface Inlined {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: OnnxGraph['initializers'];
  readonly valueInfo: readonly OnnxValueInfo[];
}

/**
 * A nested graph as part of the graph around it: its inputs become what it is given, its outputs get the names that are
 * wanted, and names that would collide are changed. Weights are shared.
 *
 * @param given What stands for each of the nested graph's inputs, in order.
 * @param wanted Names of its outputs, in order; '' for those that are not used.
 * @param fresh Gives names that occur nowhere in the graph around.
 * @param taken Names that the graph around has, those of `wanted` aside.
 */
export function inlineGraph(
  nested: OnnxGraph,
  given: readonly string[],
  wanted: readonly string[],
  fresh: (name: string) => string,
  taken: ReadonlySet<string>,
): Inlined {
  const names = new Map<string, string>();
  nested.inputs.forEach(({ name }, i) => names.set(name, given[i] ?? ''));
  const made = new Set(nested.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== '')));
  const passed: OnnxNode[] = [];
  nested.outputs.forEach(({ name }, i) => {
    const target = wanted[i] ?? '';
    if (target === '') return;
    if (made.has(name) && !names.has(name)) names.set(name, target);
    // A result that is given on as it came, or twice, has no name of its own to change.
    else passed.push(identity(name, target));
  });
  const isTaken = (name: string): boolean => taken.has(name) || wanted.includes(name);
  for (const name of tensorsMade(nested)) {
    if (names.has(name) || !isTaken(name)) continue;
    let changed = fresh(name);
    // What was written out before has names that the graph around did not have.
    while (isTaken(changed)) changed = fresh(name);
    names.set(name, changed);
  }
  const rename = <T extends { readonly name: string }>(value: T): T =>
    names.has(value.name) ? { ...value, name: names.get(value.name)! } : value;
  return {
    nodes: [
      ...nested.nodes.map((node) => renameTensors(node, names)),
      ...passed.map((node) => ({ ...node, inputs: node.inputs.map((name) => names.get(name) ?? name) })),
    ],
    initializers: nested.initializers.map(rename),
    valueInfo: nested.valueInfo.map(rename),
  };
}

function identity(from: string, to: string): OnnxNode {
  return {
    opType: 'Identity',
    domain: '',
    name: `${to}.identity`,
    inputs: [from],
    outputs: [to],
    attributes: [],
  };
}
