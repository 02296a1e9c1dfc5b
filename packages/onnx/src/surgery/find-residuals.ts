import type { OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { LAYOUT_OPS } from './find-head.js';
import type { GraphIndex } from './graph-index.js';

/** Operators that a norm is made of, whole or in parts. */
const NORM_OPS: ReadonlySet<string> = new Set([
  'LayerNormalization',
  'SimplifiedLayerNormalization',
  'RMSNormalization',
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pow',
  'Sqrt',
  'Reciprocal',
  'ReduceMean',
  'Cast',
  ...LAYOUT_OPS,
]);

/** Operators that only attention has. */
const ATTENTION_OPS: ReadonlySet<string> = new Set([
  'Softmax',
  'Attention',
  'com.microsoft:Attention',
  'com.microsoft:MultiHeadAttention',
  'com.microsoft:GroupQueryAttention',
]);

/** One addition to the residual stream. */
interface Join {
  /** The sum. */
  readonly output: string;
  /** The stream before. */
  readonly stream: string;
  /** Whether what is added was computed by attention. */
  readonly attends: boolean;
}

/**
 * The residual stream after each block, first block first.
 *
 * From the final norm's input back along the additions whose one operand is computed from the other. A block starts
 * where attention is added, so the stream before each attention but the first is the output of a block.
 * @returns undefined where the graph does not show the stream, as when runtimes fused additions into norms.
 */
export function findResiduals(index: GraphIndex, hidden: string): string[] | undefined {
  const joins: Join[] = [];
  for (let join = findJoin(index, throughNorm(index, hidden)); join; join = findJoin(index, join.stream))
    joins.unshift(join);
  const starts = joins.flatMap((join, i) => (join.attends ? [i] : []));
  if (starts[0] !== 0) return undefined;
  return [...starts.slice(1), joins.length].map((start) => joins[start - 1]!.output);
}

/** The first sum of two computed tensors before a norm's output. */
function throughNorm(index: GraphIndex, normed: string): string {
  let tensor = normed;
  for (;;) {
    const node = index.producer(tensor);
    if (node === undefined || !NORM_OPS.has(operatorKey(node))) return tensor;
    const [first, second] = index.variables(node);
    if (first === undefined || (node.opType === 'Add' && second !== undefined)) return tensor;
    tensor = first;
  }
}

function findJoin(index: GraphIndex, tensor: string): Join | undefined {
  const output = throughLayout(index, tensor);
  const node = index.producer(output);
  if (node?.opType !== 'Add' || index.variables(node).length !== 2) return undefined;
  const operands = node.inputs.map((name) => throughLayout(index, name)) as [string, string];
  for (const [stream, branch] of [operands, operands.toReversed() as [string, string]]) {
    const between = nodesBetween(index, stream, branch);
    if (between === undefined) continue;
    return { output, stream, attends: between.some((inner) => ATTENTION_OPS.has(operatorKey(inner))) };
  }
  return undefined;
}

/** Back over changes of type and layout. */
function throughLayout(index: GraphIndex, name: string): string {
  let tensor = name;
  for (
    let node = index.producer(tensor);
    node && (node.opType === 'Cast' || LAYOUT_OPS.has(node.opType));
    node = index.producer(tensor)
  )
    tensor = node.inputs[0]!;
  return tensor;
}

/** The nodes that compute `branch` from `stream` and what else they read after it; undefined if it is not read. */
function nodesBetween(index: GraphIndex, stream: string, branch: string): OnnxNode[] | undefined {
  const nodes = new Set<number>();
  const queue = [branch];
  let reached = false;
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (name === stream) reached = true;
    const position = index.position(name);
    // What was computed before the stream cannot depend on it.
    if (name === stream || position <= index.position(stream) || nodes.has(position)) continue;
    nodes.add(position);
    queue.push(...index.variables(index.graph.nodes[position]!));
  }
  return reached && branch !== stream
    ? [...nodes].map((position) => index.graph.nodes[position]!)
    : undefined;
}
