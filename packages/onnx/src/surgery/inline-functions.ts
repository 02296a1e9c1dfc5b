import { SakeError } from '@sakejs/spec';
import { subgraphs } from '../attributes.js';
import type { OnnxAttribute, OnnxFunction, OnnxGraph, OnnxModel, OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { inlineGraph } from './inline-graph.js';
import { freshNames } from './rename-tensors.js';
import { tensorsMade } from './tensors-read.js';

/** Functions do not call themselves, so so many levels are a malformed file. */
const MAX_LEVELS = 64;

/**
 * The model with the nodes of its functions in place of the calls; the model itself where it has none.
 *
 * Exporters that keep a network's modules as functions hide the head inside them.
 * @throws {SakeError} `unsupported` for functions of other operator sets than the model's or that call themselves.
 */
export function inlineFunctions(model: OnnxModel): OnnxModel {
  const { functions = [] } = model;
  if (functions.length === 0) return model;
  const byKey = new Map(functions.map((one) => [keyOf(one.domain, one.name, one.overload), one]));
  const opsetImports = joinedOpsets(model);
  let { graph } = model;
  for (let level = 0; graph.nodes.some((node) => calls(node, byKey)); level++) {
    if (level === MAX_LEVELS)
      throw new SakeError(
        'unsupported',
        `inlineFunctions: expected at most ${MAX_LEVELS} levels of functions, got more`,
      );
    graph = inlineLevel(graph, byKey);
  }
  const nested = graph.nodes.some((node) => subgraphs(node).some((inner) => callsWithin(inner, byKey)));
  const written: OnnxModel = { ...model, opsetImports, graph };
  // Nested graphs may still call them.
  if (!nested) delete written.functions;
  return written;
}

function inlineLevel(graph: OnnxGraph, byKey: ReadonlyMap<string, OnnxFunction>): OnnxGraph {
  const fresh = freshNames(graph);
  const taken = new Set(tensorsMade(graph));
  const nodes: OnnxNode[] = [];
  for (const node of graph.nodes) {
    const called = byKey.get(keyOf(node.domain, node.opType, node.overload));
    if (called === undefined) {
      nodes.push(node);
      continue;
    }
    const body: OnnxGraph = {
      name: called.name,
      nodes: called.nodes.map((inner) => withAttributes(inner, node, called)),
      initializers: [],
      inputs: called.inputs.map((name) => ({ name })),
      outputs: called.outputs.map((name) => ({ name })),
      valueInfo: [],
    };
    const outside = new Set([...taken].filter((name) => !node.outputs.includes(name)));
    const inlined = inlineGraph(body, node.inputs, node.outputs, fresh, outside);
    for (const inner of inlined.nodes) for (const name of inner.outputs) taken.add(name);
    const prefixed = inlined.nodes.map((inner) => ({ ...inner, name: `${node.name}/${inner.name}` }));
    nodes.push(...prefixed);
  }
  return { ...graph, nodes };
}

/** A function's node with the attributes that it takes from the call. */
function withAttributes(inner: OnnxNode, call: OnnxNode, called: OnnxFunction): OnnxNode {
  if (inner.attributes.every(({ refAttrName }) => !refAttrName)) return inner;
  const given = (name: string): OnnxAttribute | undefined =>
    call.attributes.find((attribute) => attribute.name === name) ??
    called.attributeDefaults?.find((attribute) => attribute.name === name);
  const attributes = inner.attributes.flatMap((attribute): OnnxAttribute[] => {
    if (!attribute.refAttrName) return [attribute];
    const value = given(attribute.refAttrName);
    // Where the call leaves it out the operator's own default counts.
    return value === undefined ? [] : [{ ...value, name: attribute.name }];
  });
  return { ...inner, attributes };
}

function joinedOpsets(model: OnnxModel): OnnxModel['opsetImports'] {
  const joined = [...model.opsetImports];
  const normal = (domain: string): string => (domain === 'ai.onnx' ? '' : domain);
  for (const { name, opsetImports } of model.functions ?? [])
    for (const set of opsetImports) {
      const known = joined.find(({ domain }) => normal(domain) === normal(set.domain));
      if (known === undefined) joined.push(set);
      else if (known.version !== set.version && normal(set.domain) === '')
        throw new SakeError(
          'unsupported',
          `inlineFunctions: expected the function "${name}" to use operator set ${known.version} as the model does, got ${set.version}`,
          { details: { function: name } },
        );
    }
  return joined;
}

function callsWithin({ nodes }: OnnxGraph, byKey: ReadonlyMap<string, OnnxFunction>): boolean {
  return nodes.some(
    (node) => calls(node, byKey) || subgraphs(node).some((inner) => callsWithin(inner, byKey)),
  );
}

function calls(node: OnnxNode, byKey: ReadonlyMap<string, OnnxFunction>): boolean {
  return byKey.has(keyOf(node.domain, node.opType, node.overload));
}

function keyOf(domain: string, opType: string, overload: string | undefined): string {
  return `${operatorKey({ domain, opType })}:${overload ?? ''}`;
}
