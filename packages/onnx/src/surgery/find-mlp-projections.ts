import { SakeError } from '@sakejs/spec';
import { findAttribute, floatAttribute } from '../attributes.js';
import type { OnnxModel, OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { isFloatType } from '../tensors/float-types.js';
import { checkGraph } from './check-graph.js';
import { findDecoder, type DecoderMap } from './find-decoder.js';
import { GraphIndex } from './graph-index.js';
import { headPath } from './head-path.js';
import { isProduct, PRODUCT_NAMES, projection } from './head-products.js';
import { carriedBy, stepKind } from './head-steps.js';
import { findBlocks, NORM_OPS, type Join } from './residual-joins.js';

/** The last product of a block's MLP, y = k W: a linear memory of keys and values. All names are of tensors. */
export interface MlpProjection {
  /** The block, 0 the first. */
  readonly layer: number;
  /** The node that multiplies. */
  readonly node: string;
  /** Its operator: `MatMul`, `Gemm`, `com.microsoft:MatMulNBits`, … */
  readonly op: string;
  /** Its constant operand, which may be computed from an initializer. */
  readonly weight: string;
  /** The MLP key that it reads, floats [.., keySize], before it is quantized where it is. */
  readonly key: string;
  /** What it gives, floats [.., hiddenSize] with the same leading axes as the key; with the bias where the operator adds one. */
  readonly output: string;
  readonly keySize: number;
  readonly hiddenSize: number;
}

/** Products whose integers become floats by a cast and a scale. */
const INTEGER_PRODUCTS: ReadonlySet<string> = new Set(['MatMulInteger', 'com.microsoft:MatMulInteger16']);

/** At most so many nodes are named in a message. */
const NAMED = 8;

/**
 * Finds each block's MLP down-projection, first block first, by the graph's topology.
 *
 * It is the product with a constant matrix that a block adds to the residual stream and that no attention leads to.
 * Biases, scales, norms and dequantizations may lie between the product and the addition.
 * @throws {SakeError} `unsupported`, naming what was looked at, for a graph that does not show its residual streams and
 *   for a block that adds something else, such as a mixture of experts; as `findDecoder`.
 */
export function findMlpProjections(
  model: OnnxModel,
  decoder: Pick<DecoderMap, 'hiddenTensor' | 'hiddenSize'> = findDecoder(model),
): MlpProjection[] {
  const index = new GraphIndex(checkGraph(model.graph));
  const blocks = findBlocks(index, decoder.hiddenTensor);
  if (blocks === undefined)
    throw new SakeError(
      'unsupported',
      `findMlpProjections: expected a graph that shows its residual streams, got none on the way back from "${decoder.hiddenTensor}"; ` +
        'export it without runtime fusions',
      { details: { tensor: decoder.hiddenTensor } },
    );
  return blocks.map((joins, layer) => projectionOf(index, joins, layer, decoder.hiddenSize));
}

function projectionOf(
  index: GraphIndex,
  joins: readonly Join[],
  layer: number,
  hiddenSize: number,
): MlpProjection {
  const branches = joins.flatMap((join) => join.branches);
  const fed = branches.filter(({ attends }) => !attends).map(({ output }) => output);
  const branch = fed[0];
  if (branch === undefined || fed.length > 1) {
    const added = (fed.length > 1 ? fed : branches.map(({ output }) => output)).map((name) => `"${name}"`);
    throw refusal(
      layer,
      `${fed.length > 1 ? 'several' : 'only what attention computes'}: ${added.join(', ')}`,
    );
  }
  const looked: OnnxNode[] = [];
  const node = firstProduct(index, branch, looked);
  if (node === undefined) throw refusal(layer, `"${branch}", which comes from none`, looked);
  const found = projection(index, node);
  if (typeof found === 'string') throw refusal(layer, `${nameOf(node)}: ${found}`, looked);
  const scaled = scaledBy(node);
  if (scaled !== undefined) throw refusal(layer, `${nameOf(node)}, whose ${scaled}`, looked);
  const key = floatsBefore(index, node.inputs[0]!);
  const path = headPath(index, key, branch, (other) => other === node || isStep(index, other));
  if ('tensor' in path)
    throw refusal(layer, `"${branch}", which depends on "${path.tensor}" beside ${nameOf(node)}`, looked);
  if (found.vocabularySize !== hiddenSize)
    throw refusal(layer, `${nameOf(node)}, which gives rows of ${found.vocabularySize}`, looked);
  return {
    layer,
    node: node.name || node.outputs[0]!,
    op: operatorKey(node),
    weight: found.weight,
    key,
    output: floatsBehind(index, node, path),
    keySize: found.hiddenSize,
    hiddenSize,
  };
}

/** Whether a node may lie between the product and the addition. */
function isStep(index: GraphIndex, node: OnnxNode): boolean {
  return !isProduct(node) && (stepKind(index, node) !== undefined || NORM_OPS.has(operatorKey(node)));
}

/** The nearest product on the way back, first operands first. */
function firstProduct(index: GraphIndex, branch: string, looked: OnnxNode[]): OnnxNode | undefined {
  const open = [branch];
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    const node = index.producer(tensor);
    if (node === undefined || looked.includes(node)) continue;
    looked.push(node);
    if (isProduct(node)) return node;
    if (isStep(index, node)) open.push(...carriedBy(index, node, stepKind(index, node)).toReversed());
  }
  return undefined;
}

/** What makes the product other than x W + b, if anything does. */
function scaledBy(node: OnnxNode): string | undefined {
  const alpha = floatAttribute(node, 'alpha', 1);
  if (alpha !== 1) return `factor is ${alpha}`;
  if (findAttribute(node, 'activation') !== undefined) return 'result goes through an activation';
  return undefined;
}

/** An operand before it was quantized. */
function floatsBefore(index: GraphIndex, operand: string): string {
  let tensor = operand;
  for (
    let node = index.producer(tensor);
    node !== undefined && !isFloatType(index.elementType(tensor)) && stepKind(index, node) === 'quantize';
    node = index.producer(tensor)
  )
    tensor = node.inputs[0]!;
  return tensor;
}

/** A product's result as floats: its own output, or what dequantizing makes of it. */
function floatsBehind(index: GraphIndex, product: OnnxNode, path: readonly OnnxNode[]): string {
  let tensor = product.outputs[0]!;
  const next = (): OnnxNode | undefined => path.find(({ inputs }) => inputs.includes(tensor));
  for (let node = next(); node !== undefined && !isFloatType(index.elementType(tensor)); node = next())
    tensor = node.outputs[0]!;
  const scale = next();
  return INTEGER_PRODUCTS.has(operatorKey(product)) && scale?.opType === 'Mul' ? scale.outputs[0]! : tensor;
}

const nameOf = (node: OnnxNode): string => `${operatorKey(node)} "${node.name}"`;

function refusal(layer: number, got: string, looked: readonly OnnxNode[] = []): SakeError {
  const way = looked.slice(0, NAMED).map(nameOf).join(', ');
  return new SakeError(
    'unsupported',
    `findMlpProjections: expected block ${layer} to add a product with a constant matrix (${PRODUCT_NAMES.join(', ')}) ` +
      `to the residual stream, got ${got}${way && `; looked at ${way}`}`,
    { details: { layer, nodes: looked.map(({ name }) => name) } },
  );
}
