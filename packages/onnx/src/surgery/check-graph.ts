import { SakeError } from '@sakejs/spec';
import { DataType, type OnnxAttribute, type OnnxGraph, type OnnxNode, type OnnxTensor } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { byteLength, dataTypeName, elementCount } from '../tensors/element-types.js';
import { constantTensors, tensorsMade, tensorsRead } from './tensors-read.js';

const LISTED_ONE_BY_ONE: ReadonlySet<number> = new Set<number>([
  DataType.FLOAT,
  DataType.DOUBLE,
  DataType.INT64,
  DataType.INT32,
  DataType.INT16,
  DataType.INT8,
  DataType.UINT64,
  DataType.UINT32,
  DataType.UINT16,
  DataType.UINT8,
  DataType.BOOL,
  DataType.FLOAT16,
  DataType.BFLOAT16,
]);

/**
 * The graph with every node behind what it reads; the graph itself where that holds already.
 *
 * What every rewrite relies on: one producer of each tensor, nothing read that nothing makes, no cycle, initializers as
 * large as they say. Nested graphs are checked too. Weights are not copied.
 * @throws {SakeError} `invalid-file`, naming the node and the tensor.
 */
export function checkGraph(graph: OnnxGraph): OnnxGraph {
  return checkWithin(graph, new Set());
}

function checkWithin(graph: OnnxGraph, outer: ReadonlySet<string>): OnnxGraph {
  const given = new Set([...graph.inputs.map(({ name }) => name), ...constantTensors(graph)]);
  graph.initializers.forEach(checkInitializer);
  refuseTwice(
    graph.inputs.map(({ name }) => name),
    'graph input',
  );
  refuseTwice(constantTensors(graph), 'initializer');
  const makers = new Map<string, number>();
  for (const [position, node] of graph.nodes.entries())
    for (const output of node.outputs) {
      if (output === '') continue;
      const earlier = makers.get(output);
      if (earlier !== undefined || given.has(output))
        throw malformed(
          `one producer of "${output}"`,
          `${describe(node)} beside ${earlier === undefined ? 'an input or initializer' : describe(graph.nodes[earlier]!)}`,
          node,
          output,
        );
      makers.set(output, position);
    }

  const known = new Set([...outer, ...given, ...makers.keys()]);
  const reads = graph.nodes.map(tensorsRead);
  for (const [position, node] of graph.nodes.entries())
    for (const name of reads[position]!)
      if (!known.has(name))
        throw malformed(
          `every tensor that ${describe(node)} reads to be made by something`,
          `"${name}", which nothing makes`,
          node,
          name,
        );
  for (const { name } of graph.outputs)
    if (!known.has(name))
      throw malformed('every graph output to be made by something', `"${name}"`, undefined, name);

  const checked = graph.nodes.map((node) => checkNested(node, known));
  const order = inOrder(graph.nodes, reads, makers);
  if (order === undefined && checked.every((node, i) => node === graph.nodes[i])) return graph;
  return { ...graph, nodes: order?.map((position) => checked[position]!) ?? checked };
}

/** A node whose nested graphs are in order; the node itself where they are. */
function checkNested(node: OnnxNode, known: ReadonlySet<string>): OnnxNode {
  let changed = false;
  const visit = (graph: OnnxGraph): OnnxGraph => {
    const made = new Set(tensorsMade(graph));
    const ordered = checkWithin(graph, new Set([...known].filter((name) => !made.has(name))));
    changed ||= ordered !== graph;
    return ordered;
  };
  const attributes = node.attributes.map((attribute): OnnxAttribute => {
    if (attribute.g === undefined && attribute.graphs === undefined) return attribute;
    return {
      ...attribute,
      ...(attribute.g && { g: visit(attribute.g) }),
      ...(attribute.graphs && { graphs: attribute.graphs.map(visit) }),
    };
  });
  return changed ? { ...node, attributes } : node;
}

/** Positions of the nodes, each behind what it reads; nothing where they are in order already. */
function inOrder(
  nodes: readonly OnnxNode[],
  reads: readonly (readonly string[])[],
  makers: ReadonlyMap<string, number>,
): number[] | undefined {
  const sources = reads.map((names) => names.flatMap((name) => makers.get(name) ?? []));
  if (sources.every((positions, i) => positions.every((position) => position < i))) return undefined;
  const order: number[] = [];
  const state = new Array<'open' | 'done' | undefined>(nodes.length);
  // Depth first with a stack of its own: graphs are deeper than the call stack.
  for (const start of nodes.keys()) {
    if (state[start] !== undefined) continue;
    const stack = [{ position: start, next: 0 }];
    state[start] = 'open';
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const source = sources[top.position]![top.next++];
      if (source === undefined) {
        state[top.position] = 'done';
        order.push(top.position);
        stack.pop();
      } else if (state[source] === 'open') {
        const from = stack.findIndex(({ position }) => position === source);
        throw cycle(
          nodes,
          stack.slice(from).map(({ position }) => position),
          reads,
        );
      } else if (state[source] === undefined) {
        state[source] = 'open';
        stack.push({ position: source, next: 0 });
      }
    }
  }
  return order;
}

function cycle(
  nodes: readonly OnnxNode[],
  positions: readonly number[],
  reads: readonly (readonly string[])[],
): SakeError {
  const reader = nodes[positions.at(-1)!]!;
  const tensor = reads[positions.at(-1)!]!.find((name) => nodes[positions[0]!]!.outputs.includes(name))!;
  const way = positions.slice(0, 6).map((position) => describe(nodes[position]!));
  return malformed(
    'no node to depend on itself',
    `a cycle of ${positions.length} nodes, ${way.join(' <- ')}, closed by "${tensor}"`,
    reader,
    tensor,
  );
}

function refuseTwice(names: readonly string[], what: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw malformed(`one ${what} of each name`, `two of "${name}"`, undefined, name);
    seen.add(name);
  }
}

function checkInitializer(tensor: OnnxTensor): void {
  const { name, dims, dataType, rawData } = tensor;
  if (dims.some((dim) => !Number.isSafeInteger(dim) || dim < 0))
    throw malformed(`sizes of the initializer "${name}"`, `[${dims.join(', ')}]`, undefined, name);
  if (tensor.dataLocation === 1) return;
  if (rawData === undefined) return checkListed(tensor);
  const expected = byteLength(dataType, elementCount(dims));
  if (rawData.byteLength !== expected)
    throw malformed(
      `${expected} bytes of the initializer "${name}", ${dataTypeName(dataType)} [${dims.join(', ')}]`,
      `${rawData.byteLength}`,
      undefined,
      name,
    );
}

/** Values that are listed one by one, where each has an entry of its own: not so of strings, complex and 4-bit numbers. */
function checkListed(tensor: OnnxTensor): void {
  const { name, dims, dataType, floatData, doubleData, int32Data, int64Data, uint64Data } = tensor;
  const listed = LISTED_ONE_BY_ONE.has(dataType)
    ? [floatData, doubleData, int32Data, int64Data, uint64Data].reduce(
        (sum, list) => sum + (list?.length ?? 0),
        0,
      )
    : undefined;
  if (listed === undefined || listed === elementCount(dims)) return;
  throw malformed(
    `${elementCount(dims)} values of the initializer "${name}", ${dataTypeName(dataType)} [${dims.join(', ')}]`,
    `${listed}`,
    undefined,
    name,
  );
}

function malformed(expected: string, got: string, node: OnnxNode | undefined, tensor: string): SakeError {
  return new SakeError(
    'invalid-file',
    `checkGraph: expected ${expected}, got ${got}; the graph is malformed`,
    {
      details: { tensor, ...(node && { node: node.name, op: operatorKey(node) }) },
    },
  );
}

/** A node for messages: its operator and its name, or what it makes where it has none. */
function describe(node: OnnxNode): string {
  return `${operatorKey(node)} "${node.name || (node.outputs.find((name) => name !== '') ?? '')}"`;
}
