import { intAttribute, textAttribute } from '../attributes.js';
import type { OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { constantNumbers } from './constant-numbers.js';
import { constantShape } from './constant-shape.js';
import type { GraphIndex } from './graph-index.js';

/** How an operator multiplies activations with a constant matrix. */
interface HeadProduct {
  /** Position of the matrix among the inputs; the activations are the first. */
  readonly weight: number;
  /** [hiddenSize, vocabularySize]; nothing when this node is no such product or its sizes are not told. */
  readonly sizes: (
    index: GraphIndex,
    node: OnnxNode,
    weight: string,
  ) => readonly [number, number] | undefined;
}

/** An einsum of rows with a matrix, taken apart: `bsd,vd->bsv`. */
export interface RowEinsum {
  /** The matrix's two letters, as written. */
  readonly matrix: string;
  /** The letter that is summed over. */
  readonly summed: string;
  /** The letter of the result's last axis. */
  readonly kept: string;
}

type Sizes = HeadProduct['sizes'];

/** A matrix [in, out], or [out, in] where the attribute says so; leading axes of one are no batch. */
const matrix =
  (turnedBy?: string): Sizes =>
  (index, node, weight) => {
    if (turnedBy !== undefined && intAttribute(node, 'transA', 0) === 1) return undefined;
    const shape = constantShape(index, weight);
    if (shape === undefined || shape.length < 2 || shape.slice(0, -2).some((size) => size !== 1))
      return undefined;
    const [rows, columns] = shape.slice(-2) as [number, number];
    return turnedBy !== undefined && intAttribute(node, turnedBy, 0) === 1
      ? [columns, rows]
      : [rows, columns];
  };

/** Packed blocks: the attributes tell the sizes. */
const packed: Sizes = (_, node) => {
  const [from, to] = [intAttribute(node, 'K', 0), intAttribute(node, 'N', 0)];
  return from > 0 && to > 0 ? [from, to] : undefined;
};

const einsum: Sizes = (index, node, weight) => {
  const parts = rowEinsum(node);
  const shape = constantShape(index, weight);
  if (parts === undefined || shape?.length !== 2) return undefined;
  return parts.matrix.startsWith(parts.summed) ? [shape[0]!, shape[1]!] : [shape[1]!, shape[0]!];
};

const PRODUCTS: Readonly<Record<string, HeadProduct>> = {
  MatMul: { weight: 1, sizes: matrix() },
  Gemm: { weight: 1, sizes: matrix('transB') },
  Einsum: { weight: 1, sizes: einsum },
  MatMulInteger: { weight: 1, sizes: matrix() },
  QLinearMatMul: { weight: 3, sizes: matrix() },
  'com.microsoft:FusedMatMul': { weight: 1, sizes: matrix('transB') },
  'com.microsoft:TransposeMatMul': { weight: 1, sizes: matrix('transB') },
  'com.microsoft:FusedGemm': { weight: 1, sizes: matrix('transB') },
  'com.microsoft:MatMulNBits': { weight: 1, sizes: packed },
  'com.microsoft:MatMulBnb4': { weight: 1, sizes: packed },
  'com.microsoft:MatMulFpQ4': {
    weight: 1,
    sizes: (index, node) => {
      const shape = constantNumbers(index, node.inputs[2]);
      return shape?.length === 2 ? [shape[0]!, shape[1]!] : undefined;
    },
  },
  'com.microsoft:MatMulInteger16': { weight: 1, sizes: matrix() },
  'com.microsoft:MatMulIntegerToFloat': { weight: 1, sizes: matrix() },
  'com.microsoft:DynamicQuantizeMatMul': { weight: 1, sizes: matrix() },
  'com.microsoft:QGemm': { weight: 3, sizes: matrix('transB') },
};

/** Operators that a head's product may be, for messages. */
export const PRODUCT_NAMES: readonly string[] = Object.keys(PRODUCTS);

/** Operators that take matrices of two axes only. */
export const TWO_AXES: ReadonlySet<string> = new Set([
  'Gemm',
  'com.microsoft:FusedGemm',
  'com.microsoft:QGemm',
]);

/** Whether a node multiplies matrices, its operands constant or not. */
export function isProduct(node: OnnxNode): boolean {
  return Object.hasOwn(PRODUCTS, operatorKey(node));
}

/** The constant matrix of a product and its sizes, or why the node is no projection by a constant matrix. */
export function projection(
  index: GraphIndex,
  node: OnnxNode,
): { readonly weight: string; readonly hiddenSize: number; readonly vocabularySize: number } | string {
  const product = PRODUCTS[operatorKey(node)]!;
  const weight = node.inputs[product.weight] ?? '';
  const activations = node.inputs[0] ?? '';
  if (weight !== '' && !index.isConstant(weight) && index.isConstant(activations))
    return `its matrix "${activations}" stands before the activations "${weight}"`;
  if (weight === '' || !index.isConstant(weight)) return `its operand "${weight}" is not constant`;
  if (index.isConstant(activations)) return `its operand "${activations}" is constant`;
  const sizes = product.sizes(index, node, weight);
  if (sizes === undefined) return `"${weight}" is no matrix of known sizes`;
  return { weight, hiddenSize: sizes[0], vocabularySize: sizes[1] };
}

/** Takes an einsum of rows [.., in] with a matrix apart; nothing for any other equation. */
export function rowEinsum(node: OnnxNode): RowEinsum | undefined {
  const equation = textAttribute(node, 'equation', '').replaceAll(' ', '');
  const parts = /^([a-zA-Z.]*),([a-zA-Z]{2})->([a-zA-Z.]*)$/.exec(equation);
  if (parts === null) return undefined;
  const [, rows, matrixTerm, result] = parts as unknown as [string, string, string, string];
  const summed = rows.at(-1) ?? '';
  const kept = result.at(-1) ?? '';
  const fits =
    [...matrixTerm].sort().join('') === [summed, kept].sort().join('') &&
    summed !== kept &&
    rows.slice(0, -1) === result.slice(0, -1) &&
    !rows.slice(0, -1).includes(kept);
  return fits ? { matrix: matrixTerm, summed, kept } : undefined;
}
