import { SakeError } from '@sakejs/spec';
import type { OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { ATTENTION_OPS } from './attention-ops.js';
import { constantShape } from './constant-shape.js';
import type { DecoderHead } from './find-head.js';
import type { GraphIndex } from './graph-index.js';
import { headPath } from './head-path.js';
import { isProduct, projection } from './head-products.js';

/**
 * The head as all that lies between a tensor named by hand and the logits.
 *
 * Any operator may lie there that works on each row by itself.
 * @throws {SakeError} `not-found` for a name that no node makes; `unsupported` when the logits do not come from that
 *   tensor alone, when positions are mixed on the way, or when the graph does not tell the sizes.
 */
export function namedHead(index: GraphIndex, logits: string, hidden: string): DecoderHead {
  const details = { logits, hiddenTensor: hidden };
  if (index.position(hidden) < 0)
    throw new SakeError(
      'not-found',
      `findDecoder: expected hiddenTensor to name a tensor that a node makes, got "${hidden}"`,
      { details },
    );
  const refuse = (got: string, node?: OnnxNode): SakeError =>
    new SakeError(
      'unsupported',
      `findDecoder: expected "${hidden}" to lead to "${logits}" through a head, got ${got}; name the tensor that the head reads`,
      { details: { ...details, ...(node && { node: node.name, op: operatorKey(node) }) } },
    );
  const path = headPath(index, hidden, logits, () => true);
  if ('tensor' in path)
    throw refuse(
      `logits that depend on "${path.tensor}" too${path.node ? `, made by ${operatorKey(path.node)} "${path.node.name}"` : ', a graph input'}`,
      path.node,
    );
  const mixing = path.find((node) => ATTENTION_OPS.has(operatorKey(node)) || mixes(index, node));
  if (mixing !== undefined)
    throw refuse(`${operatorKey(mixing)} "${mixing.name}" on the way, which mixes positions`, mixing);
  if (path.length === 0) throw refuse('the logits themselves');

  const products = path.filter((node) => isProduct(node) && typeof projection(index, node) !== 'string');
  const node = products.at(-1) ?? path.at(-1)!;
  const found = isProduct(node) ? projection(index, node) : '';
  const last = index.declaredDims(logits)?.at(-1);
  const vocabularySize =
    typeof last === 'number' ? last : typeof found === 'string' ? undefined : found.vocabularySize;
  const hiddenSize = sizeOf(index, hidden, products[0]);
  if (hiddenSize === undefined || vocabularySize === undefined)
    throw refuse(
      `no size of ${hiddenSize === undefined ? `"${hidden}"` : `"${logits}"`}, neither declared nor told by a product`,
    );
  const weight =
    typeof found === 'string'
      ? (node.inputs.find((name) => name !== '' && index.isConstant(name)) ?? '')
      : found.weight;
  return { node, op: operatorKey(node), weight, path, input: hidden, hiddenSize, vocabularySize };
}

/** Whether a product's operands both come from the hidden states. */
function mixes(index: GraphIndex, node: OnnxNode): boolean {
  return (
    ['MatMul', 'Einsum', 'com.microsoft:FusedMatMul'].includes(operatorKey(node)) &&
    index.variables(node).length > 1
  );
}

/** Width of a tensor: as declared, as its norm's scale tells, or as the first product behind it does. */
function sizeOf(index: GraphIndex, hidden: string, product: OnnxNode | undefined): number | undefined {
  const declared = index.declaredDims(hidden)?.at(-1);
  if (typeof declared === 'number') return declared;
  for (const input of index.producer(hidden)?.inputs ?? []) {
    if (input === '' || !index.isConstant(input)) continue;
    const shape = constantShape(index, input);
    if (shape?.length === 1 && shape[0]! > 1) return shape[0];
  }
  const found = product && projection(index, product);
  return found === undefined || typeof found === 'string' ? undefined : found.hiddenSize;
}
