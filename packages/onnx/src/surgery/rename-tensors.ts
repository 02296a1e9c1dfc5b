import type { OnnxAttribute, OnnxGraph, OnnxNode } from '../ir.js';
import { subgraphs } from '../attributes.js';
import { tensorsMade } from './tensors-read.js';

type Names = ReadonlyMap<string, string>;

/** A node with tensors renamed, also where its nested graphs read them; the node itself when none occurs. */
export function renameTensors(node: OnnxNode, names: Names): OnnxNode {
  const to = (name: string): string => names.get(name) ?? name;
  const nested = subgraphs(node).length > 0;
  if (!nested && ![...node.inputs, ...node.outputs].some((name) => names.has(name))) return node;
  return {
    ...node,
    inputs: node.inputs.map(to),
    outputs: node.outputs.map(to),
    ...(nested && { attributes: node.attributes.map((attribute) => renameWithin(attribute, names)) }),
  };
}

/** A nested graph with the outer tensors that it reads renamed; its own names stay, and hide outer ones. */
function renameOuter(graph: OnnxGraph, names: Names): OnnxGraph {
  const own = new Set(tensorsMade(graph));
  const outer = new Map([...names].filter(([name]) => !own.has(name)));
  return {
    ...graph,
    nodes: graph.nodes.map((node) => renameTensors(node, outer)),
    outputs: graph.outputs.map((output) => ({ ...output, name: outer.get(output.name) ?? output.name })),
  };
}

function renameWithin(attribute: OnnxAttribute, names: Names): OnnxAttribute {
  if (attribute.g === undefined && attribute.graphs === undefined) return attribute;
  return {
    ...attribute,
    ...(attribute.g && { g: renameOuter(attribute.g, names) }),
    ...(attribute.graphs && { graphs: attribute.graphs.map((graph) => renameOuter(graph, names)) }),
  };
}

/** Every tensor name that occurs in a graph, nested graphs included. */
export function namesWithin(graph: OnnxGraph): Set<string> {
  const names = new Set<string>();
  const visit = (part: OnnxGraph): void => {
    for (const name of tensorsMade(part)) names.add(name);
    for (const { name } of part.outputs) names.add(name);
    for (const node of part.nodes) {
      for (const name of node.inputs) names.add(name);
      subgraphs(node).forEach(visit);
    }
  };
  visit(graph);
  return names;
}

/** Gives names that do not occur in a graph: the wanted one, or that with a number. */
export function freshNames(graph: OnnxGraph): (wanted: string) => string {
  const taken = namesWithin(graph);
  return (wanted) => {
    let name = wanted;
    for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    return name;
  };
}
