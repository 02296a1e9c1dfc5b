import type { OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { ATTENTION_OPS } from './attention-ops.js';
import type { GraphIndex } from './graph-index.js';
import { isProduct } from './head-products.js';
import { isLayout, stepKind } from './head-steps.js';
import { isSkipNorm, skipNormOf, skipSum } from './skip-norm.js';

/** Operators that a norm is made of, whole or in parts. */
const NORM_OPS: ReadonlySet<string> = new Set([
  'LayerNormalization',
  'SimplifiedLayerNormalization',
  'com.microsoft:SimplifiedLayerNormalization',
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
]);

/** Operators whose result tells of a tensor's shape, not of its values. */
const SHAPE_OPS: ReadonlySet<string> = new Set(['Shape', 'Size']);

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
 * where attention is added, so the stream before each attention but the first is the output of a block. Additions that
 * a runtime fused into norms are followed too; such a sum may have a name that only `bodyModel` gives it.
 * @returns undefined where the graph does not show the stream.
 */
export function findResiduals(index: GraphIndex, hidden: string): string[] | undefined {
  const joins: Join[] = [];
  for (
    let join = findJoin(index, withBias(index, throughNorm(index, hidden)));
    join;
    join = findJoin(index, join.stream)
  )
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
    if (node === undefined) return tensor;
    if (isSkipNorm(node)) return skipSum(node);
    if (!NORM_OPS.has(operatorKey(node)) && !isLayout(node)) return tensor;
    const [first, second] = index.variables(node);
    if (first === undefined || (node.opType === 'Add' && second !== undefined)) return tensor;
    tensor = isLayout(node) ? node.inputs[0]! : first;
  }
}

/** A sum and the bias that is all that reads it: a norm reads its input more than once, or whole. */
function withBias(index: GraphIndex, sum: string): string {
  const readers = index.graph.nodes.filter(({ inputs }) => inputs.includes(sum));
  const [bias] = readers;
  return readers.length === 1 && bias?.opType === 'Add' && index.variables(bias).length === 1
    ? bias.outputs[0]!
    : sum;
}

function findJoin(index: GraphIndex, tensor: string): Join | undefined {
  const output = throughLayout(index, tensor);
  const summed = operands(index, output);
  if (summed === undefined) return undefined;
  // Blocks whose parts run side by side add both to the stream, in either order.
  for (const terms of [summed, flattened(index, summed)])
    for (const stream of terms) {
      const branches = terms
        .filter((term) => term !== stream)
        .map((branch) => nodesBetween(index, stream, branch));
      if (branches.length === 0 || branches.some((between) => between === undefined)) continue;
      const attends = branches.some((between) => between!.some((inner) => isAttention(index, inner)));
      return { output, stream, attends };
    }
  return undefined;
}

/** Whether a node is an attention, or the softmax of one: routers of experts take a softmax too, of no scores. */
function isAttention(index: GraphIndex, node: OnnxNode): boolean {
  if (node.opType !== 'Softmax') return ATTENTION_OPS.has(operatorKey(node));
  const open = [...node.inputs];
  const seen = new Set<string>();
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const maker = index.producer(name);
    if (maker === undefined || seen.has(name)) continue;
    seen.add(name);
    if (isProduct(maker)) {
      // Scores are of queries and keys, both computed.
      if (maker.inputs.slice(0, 2).every((input) => !index.isConstant(input))) return true;
    } else if (maker.opType === 'Transpose' || stepKind(index, maker) !== undefined)
      open.push(...index.variables(maker));
  }
  return false;
}

/** The computed tensors that a sum adds up, biases left out; nothing for what is no sum of several. */
function operands(index: GraphIndex, sum: string): string[] | undefined {
  const norm = skipNormOf(index, sum);
  const node = norm ?? index.producer(sum);
  if (node === undefined || (norm === undefined && node.opType !== 'Add' && node.opType !== 'Sum'))
    return undefined;
  const variables = index.variables(node).map((name) => throughLayout(index, name));
  if (norm === undefined && variables.length === 1) return operands(index, variables[0]!);
  return variables.length > 1 ? variables : undefined;
}

/** The same sum with terms that are sums themselves taken apart. */
function flattened(index: GraphIndex, terms: readonly string[]): string[] {
  return terms.flatMap((term) => operands(index, term) ?? [term]);
}

/** Back over changes of type and layout. */
function throughLayout(index: GraphIndex, name: string): string {
  let tensor = name;
  for (
    let node = index.producer(tensor);
    node && (node.opType === 'Cast' || isLayout(node));
    node = index.producer(tensor)
  )
    tensor = node.inputs[0]!;
  return tensor;
}

/** The nodes that compute `branch` from `stream` and what else they read after it; undefined if it is not read. */
function nodesBetween(index: GraphIndex, stream: string, branch: string): OnnxNode[] | undefined {
  const nodes = new Set<number>();
  const norm = skipNormOf(index, stream);
  const start = index.position(norm?.outputs[0] ?? stream);
  const open = [branch];
  let reached = false;
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const position = index.position(name);
    // A node that gives the stream as one output gives a norm of it as another.
    if (name === stream || (position >= 0 && position === start)) reached = true;
    // What was computed before the stream cannot depend on it.
    if (name === stream || position <= start || nodes.has(position)) continue;
    nodes.add(position);
    const node = index.graph.nodes[position]!;
    if (!SHAPE_OPS.has(node.opType)) open.push(...index.variables(node));
  }
  return reached && branch !== stream
    ? [...nodes].map((position) => index.graph.nodes[position]!)
    : undefined;
}
