import type { OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { ATTENTION_OPS } from './attention-ops.js';
import type { GraphIndex } from './graph-index.js';
import { isProduct } from './head-products.js';
import { isLayout, stepKind } from './head-steps.js';
import { isSkipNorm, skipNormOf, skipSum } from './skip-norm.js';

/** Operators that a norm is made of, whole or in parts. */
export const NORM_OPS: ReadonlySet<string> = new Set([
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
export const SHAPE_OPS: ReadonlySet<string> = new Set(['Shape', 'Size']);

/** Something that an addition adds to the residual stream. */
export interface Branch {
  readonly output: string;
  /** Whether attention takes part in it. */
  readonly attends: boolean;
}

/** One addition to the residual stream. */
export interface Join {
  /** The sum. */
  readonly output: string;
  /** The stream before. */
  readonly stream: string;
  /** What is added; several where the parts of a block run side by side. */
  readonly branches: readonly Branch[];
}

/**
 * The additions to the residual stream by block, first block first.
 *
 * From the final norm's input back along the additions whose one operand is computed from the other. A block starts
 * where attention is added. Additions that a runtime fused into norms are followed too; such a sum may have a name that
 * only `bodyModel` gives it.
 * @returns undefined where the graph does not show the stream.
 */
export function findBlocks(index: GraphIndex, hidden: string): Join[][] | undefined {
  const joins: Join[] = [];
  for (
    let join = findJoin(index, withBias(index, throughNorm(index, hidden)));
    join;
    join = findJoin(index, join.stream)
  )
    joins.unshift(join);
  const starts = joins.flatMap(({ branches }, i) => (branches.some(({ attends }) => attends) ? [i] : []));
  if (starts[0] !== 0) return undefined;
  return starts.map((start, block) => joins.slice(start, starts[block + 1]));
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
      const added = terms.filter((term) => term !== stream);
      const branches = added.map((term) => branchesOf(index, stream, term));
      if (branches.length > 0 && branches.every((part) => part !== undefined))
        return { output, stream, branches: branches.flat() };
    }
  return undefined;
}

/** What a term adds to the stream, a sum taken apart; undefined for a term that is not computed from the stream. */
function branchesOf(index: GraphIndex, stream: string, term: string): Branch[] | undefined {
  const between = nodesBetween(index, stream, term);
  if (between === undefined) return undefined;
  const parts = operands(index, term)?.map((part) => branchesOf(index, stream, part));
  if (parts?.every((part) => part !== undefined)) return parts.flat();
  return [{ output: term, attends: between.some((inner) => isAttention(index, inner)) }];
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
export function throughLayout(index: GraphIndex, name: string): string {
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
