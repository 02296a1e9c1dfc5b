import { dataTypeName, decodeModel, subgraphs, type OnnxGraph, type OnnxNode } from '@sakejs/onnx';

/** What a refusal is about, as far as it is known. */
export interface BlamedTensor {
  /** The node's name. */
  readonly node?: string;
  readonly tensor?: string;
  /** The element type of `tensor`, where it is a weight: `INT32`. */
  readonly type?: string;
}

interface Weight {
  readonly name: string;
  readonly type: string;
}

/** Operators that hand on what their first input holds, laid out anew. */
const LAYOUT = new Set(['Identity', 'Transpose', 'Reshape', 'Squeeze', 'Unsqueeze', 'Slice', 'Expand']);

/**
 * The node that ONNX Runtime's refusal of a graph is about, and the tensor that its words fit: the one that they name, else
 * a weight that the node reads and whose type they name, else the first that it reads.
 *
 * @param message what the runtime says, such as `Type parameter (T) of Optype (Mul) bound to different types
 * (tensor(float) and tensor(int32) in node (/norm/Mul).`
 * @param bytes the graph; without it the node alone is told.
 */
export function blamedTensor(message: string, bytes?: Uint8Array): BlamedTensor {
  const name = /\bnode ?\(([^)]*)\)/i.exec(message)?.[1] ?? /Name: ?'([^']*)'/.exec(message)?.[1];
  const stated =
    /input parameter \(([^)]+)\)/.exec(message)?.[1] ?? /initializer '([^']+)'/.exec(message)?.[1];
  const op = /\b(?:Optype|operator|Op) ?\((\w+)\)/i.exec(message)?.[1];
  const graph = bytes && graphOf(bytes);
  const types = [...message.matchAll(/tensor\((\w+)\)/g)].map(([, type]) => type!.toUpperCase());
  const found = graph && name !== undefined ? inNode(graph, { name, op, types }) : undefined;
  const tensor = stated ?? found?.tensor;
  const type = graph && tensor !== undefined ? weightOf(graph, tensor)?.type : undefined;
  return {
    ...(name !== undefined && name !== '' && { node: name }),
    ...(tensor !== undefined && { tensor }),
    ...(type !== undefined && { type }),
  };
}

/** Bytes that are no graph have nothing to tell. */
function graphOf(bytes: Uint8Array): OnnxGraph | undefined {
  try {
    return decodeModel(bytes).graph;
  } catch {
    return undefined;
  }
}

function inNode(
  graph: OnnxGraph,
  wanted: { readonly name: string; readonly op: string | undefined; readonly types: readonly string[] },
): { readonly tensor: string } | undefined {
  const { name, op, types } = wanted;
  const nodes = graph.nodes.filter((node) => node.name === name && (op === undefined || node.opType === op));
  for (const node of nodes) {
    const weights = node.inputs.flatMap((input) => weightOf(graph, input) ?? []);
    // Of two types that should be one the wrong one is that which fewer inputs have: no float, where one is.
    const fitting = weights
      .filter(({ type }) => types.length === 0 || types.includes(type))
      .sort((a, b) => Number(isFloat(a)) - Number(isFloat(b)));
    const tensor = fitting[0]?.name ?? node.inputs.find((input) => input !== '');
    if (tensor !== undefined) return { tensor };
  }
  for (const node of graph.nodes)
    for (const nested of subgraphs(node)) {
      const found = inNode(nested, wanted);
      if (found) return found;
    }
  return undefined;
}

function isFloat({ type }: Weight): boolean {
  return /FLOAT|DOUBLE/.test(type);
}

/** The weight that a tensor is, or is laid out anew from. */
function weightOf(graph: OnnxGraph, tensor: string): Weight | undefined {
  let name = tensor;
  for (let steps = 0; steps < graph.nodes.length + 1; steps++) {
    const weight = graph.initializers.find((each) => each.name === name);
    if (weight) return { name, type: dataTypeName(weight.dataType) };
    const maker: OnnxNode | undefined = graph.nodes.find(({ outputs }) => outputs.includes(name));
    if (maker === undefined) return undefined;
    const value = maker.attributes.find((attribute) => attribute.name === 'value')?.t;
    if (maker.opType === 'Constant' && value) return { name, type: dataTypeName(value.dataType) };
    if (!LAYOUT.has(maker.opType) || maker.inputs[0] === undefined) return undefined;
    name = maker.inputs[0];
  }
  return undefined;
}
