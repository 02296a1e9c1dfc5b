import { SakeError } from '@sakejs/spec';
import type { OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { integersOf } from './constant-numbers.js';
import type { GraphIndex } from './graph-index.js';
import { headPath } from './head-path.js';
import { isProduct, PRODUCT_NAMES, projection } from './head-products.js';
import { carriedBy, stepKind, type StepKind } from './head-steps.js';
import { namedHead } from './named-head.js';

/** The projection of hidden states to logits. */
export interface DecoderHead {
  /** The matrix product. */
  readonly node: OnnxNode;
  /** Its operator: `MatMul`, `Gemm`, `com.microsoft:MatMulNBits`, … */
  readonly op: string;
  /** Its constant operand, which may be computed from an initializer. */
  readonly weight: string;
  /** Nodes from the hidden states to the logits, the product among them, in graph order. */
  readonly path: readonly OnnxNode[];
  /** What the path reads: the hidden states [.., hiddenSize]. */
  readonly input: string;
  readonly hiddenSize: number;
  readonly vocabularySize: number;
}

const BEFORE: ReadonlySet<StepKind | undefined> = new Set<StepKind>(['layout', 'selection', 'quantize']);

/** At most so many nodes are named in a message. */
const NAMED = 12;

/**
 * Finds the head by walking back from the logits to a product with a constant matrix that all of them come from.
 *
 * The hidden states are what the product reads, before it is cast, quantized, laid out anew or cut to some positions.
 * @param hiddenTensor Names the hidden states by hand; the head is then all that lies between them and the logits.
 * @throws {SakeError} `unsupported`, naming what was looked at; `not-found` for a named tensor that is not there.
 */
export function findHead(index: GraphIndex, logits: string, hiddenTensor?: string): DecoderHead {
  if (hiddenTensor !== undefined) return namedHead(index, logits, hiddenTensor);
  const looked: OnnxNode[] = [];
  const reasons: string[] = [];
  const seen = new Set<OnnxNode>();
  const open = [logits];
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    const node = index.producer(tensor);
    if (node === undefined || seen.has(node)) continue;
    seen.add(node);
    looked.push(node);
    if (isProduct(node)) {
      const head = headOf(index, node, logits);
      if (typeof head !== 'string') return head;
      reasons.push(`${operatorKey(node)} "${node.name}": ${head}`);
      continue;
    }
    const kind = stepKind(index, node);
    if (kind === undefined) reasons.push(`${operatorKey(node)} "${node.name}" is no part of a head`);
    // What was turned round is no head, but the message can say what it was. The first operand is looked at first.
    if (kind !== undefined || node.opType === 'Transpose')
      open.push(...carriedBy(index, node, kind).toReversed());
  }
  throw noHead(index, logits, looked, reasons);
}

/** The head around a product, or why it is not the head. */
function headOf(index: GraphIndex, node: OnnxNode, logits: string): DecoderHead | string {
  const found = projection(index, node);
  if (typeof found === 'string') return found;
  const input = activations(index, node.inputs[0]!);
  const path = headPath(index, input, logits, (other) =>
    isProduct(other) ? isPart(index, other, input) : stepKind(index, other) !== undefined,
  );
  if ('tensor' in path) return `"${logits}" depends on "${path.tensor}" beside it`;
  const { weight, hiddenSize } = found;
  const vocabularySize =
    cutVocabulary(index, path, logits) ?? joinedVocabulary(index, path) ?? found.vocabularySize;
  return { node, op: operatorKey(node), weight, path, input, hiddenSize, vocabularySize };
}

/** Whether a product of the hidden states gives a part of the logits, as where a large head is cut into several. */
function isPart(index: GraphIndex, node: OnnxNode, hidden: string): boolean {
  return typeof projection(index, node) !== 'string' && activations(index, node.inputs[0]!) === hidden;
}

/** How many logits the parts have together, where a head is cut into several. */
function joinedVocabulary(index: GraphIndex, path: readonly OnnxNode[]): number | undefined {
  if (!path.some((node) => !isProduct(node) && stepKind(index, node) === 'join')) return undefined;
  const parts = path.filter(isProduct).map((node) => projection(index, node));
  return parts.reduce((sum, part) => sum + (typeof part === 'string' ? 0 : part.vocabularySize), 0);
}

/** What a product reads, before it was cast, quantized, laid out anew or cut to some positions. */
function activations(index: GraphIndex, operand: string): string {
  let tensor = operand;
  for (;;) {
    const node = index.producer(tensor);
    if (node === undefined || !BEFORE.has(stepKind(index, node))) return tensor;
    const from = node.inputs[0]!;
    // States that a body computes as plain rows are what it shows, unless they are laid out by sequence here.
    const [before, after] = [index.declaredDims(from)?.length, index.declaredDims(tensor)?.length];
    if (node.opType === 'Reshape' && before === 2 && after === 3) return tensor;
    tensor = from;
  }
}

/** How many logits are left where the head takes a part of each row. */
function cutVocabulary(index: GraphIndex, path: readonly OnnxNode[], logits: string): number | undefined {
  const cut = path.findLast((node) => !isProduct(node) && stepKind(index, node) === 'vocabulary');
  if (cut === undefined) return undefined;
  const size = index.declaredDims(logits)?.at(-1);
  if (typeof size === 'number') return size;
  const [start, end] = [integersOf(index, cut, 'starts', 1)?.[0], integersOf(index, cut, 'ends', 2)?.[0]];
  if (
    cut.opType === 'Slice' &&
    start !== undefined &&
    start >= 0 &&
    end !== undefined &&
    end > start &&
    end < 2 ** 31 - 1
  )
    return end - start;
  throw new SakeError(
    'unsupported',
    `findDecoder: expected "${logits}", which is a part of a product, to declare its last size, got ${size ?? 'none'}`,
    { details: { logits } },
  );
}

function noHead(
  index: GraphIndex,
  logits: string,
  looked: readonly OnnxNode[],
  reasons: readonly string[],
): SakeError {
  const named = looked.slice(0, NAMED).toReversed();
  const more = looked.length > NAMED ? `${looked.length - NAMED} more -> ` : '';
  const way = named.map(operatorKey).join(' -> ') || (index.has(logits) ? 'a graph input' : 'nothing');
  const names = named.map((node) => `"${node.name}"`).join(', ');
  return new SakeError(
    'unsupported',
    `findDecoder: expected "${logits}" to come from a product with a constant matrix (${PRODUCT_NAMES.join(', ')}), ` +
      `got ${more}${way}${names && ` (nodes ${names})`}${reasons.length > 0 ? `; ${reasons.slice(0, 3).join('; ')}` : ''}; ` +
      `where the graph has a head, name the tensor that it reads: the option hiddenTensor, --hidden-tensor NAME in the commands`,
    { details: { logits, nodes: looked.map(({ name }) => name), reasons } },
  );
}
