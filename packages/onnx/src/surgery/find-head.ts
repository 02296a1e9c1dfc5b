import { SakeError } from '@sakejs/spec';
import { intAttribute } from '../attributes.js';
import type { OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { constantShape } from './constant-shape.js';
import type { GraphIndex } from './graph-index.js';

/** The projection of hidden states to logits. */
export interface DecoderHead {
  /** The matrix product. */
  readonly node: OnnxNode;
  /** Its operator: `MatMul`, `Gemm`, `com.microsoft:FusedMatMul`. */
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

/** Products that a head may be, with the name of the attribute that says the weight is [out, in]. */
const PRODUCTS: Readonly<Record<string, string | undefined>> = {
  MatMul: undefined,
  Gemm: 'transB',
  'com.microsoft:FusedMatMul': 'transB',
};

/** Operators that only change how values are laid out: the path is followed through their first input. */
export const LAYOUT_OPS: ReadonlySet<string> = new Set([
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Identity',
]);

/** Operators that a head may apply to its input or its product: bias, scale, soft cap, change of type. */
const ELEMENTWISE: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div', 'Tanh', 'Cast']);

/**
 * Finds the head by walking back from the logits.
 *
 * @throws {SakeError} `unsupported`, naming the operators on the way, when no product with a constant matrix is reached.
 */
export function findHead(index: GraphIndex, logits: string): DecoderHead {
  const after: OnnxNode[] = [];
  let tensor = logits;
  for (;;) {
    const node = index.producer(tensor);
    if (node === undefined) throw noHead(logits, after, undefined);
    const op = operatorKey(node);
    if (Object.hasOwn(PRODUCTS, op)) return headOf(index, node, op, after, logits);
    const next = LAYOUT_OPS.has(op) || ELEMENTWISE.has(op) ? follow(index, node) : undefined;
    if (next === undefined) throw noHead(logits, after, node);
    after.unshift(node);
    tensor = next;
  }
}

function headOf(
  index: GraphIndex,
  node: OnnxNode,
  op: string,
  after: readonly OnnxNode[],
  logits: string,
): DecoderHead {
  const [left = '', weight = ''] = node.inputs;
  const shape = index.isConstant(weight) ? constantShape(index, weight) : undefined;
  if (index.isConstant(left) || shape?.length !== 2) throw noHead(logits, after, node);
  const flag = PRODUCTS[op];
  const turned = flag !== undefined && intAttribute(node, flag, 0) === 1;
  const [hiddenSize, vocabularySize] = (turned ? shape.toReversed() : shape) as [number, number];

  const before: OnnxNode[] = [];
  let input = left;
  for (
    let maker = index.producer(input);
    maker && (LAYOUT_OPS.has(maker.opType) || maker.opType === 'Cast');
    maker = index.producer(input)
  ) {
    before.unshift(maker);
    input = maker.inputs[0]!;
  }
  return { node, op, weight, path: [...before, node, ...after], input, hiddenSize, vocabularySize };
}

/** The input that carries the values; for operators of two operands, the only one that is not constant. */
function follow(index: GraphIndex, node: OnnxNode): string | undefined {
  if (LAYOUT_OPS.has(node.opType)) return node.inputs[0];
  const variables = index.variables(node);
  return variables.length === 1 ? variables[0] : undefined;
}

function noHead(logits: string, after: readonly OnnxNode[], reached: OnnxNode | undefined): SakeError {
  const way = [...(reached ? [reached] : []), ...after].map(operatorKey).join(' -> ');
  return new SakeError(
    'unsupported',
    `findDecoder: expected "${logits}" to come from ${Object.keys(PRODUCTS).join(', ')} with a constant matrix, ` +
      `got ${way || 'a graph input'}`,
    { details: { logits, node: reached?.name } },
  );
}
