import { DataType, intAttribute, operatorKey, type OnnxModel, type OnnxNode } from '@sakejs/onnx';

const MICROSOFT = 'com.microsoft:';

const FLOATS: Readonly<Partial<Record<number, string>>> = {
  [DataType.FLOAT]: 'fp32',
  [DataType.FLOAT16]: 'fp16',
  [DataType.BFLOAT16]: 'bf16',
  [DataType.DOUBLE]: 'fp64',
};

/** Types that quantized weights are stored in, in {@link DataType}'s order of width. */
const INTEGERS: Readonly<Partial<Record<number, string>>> = {
  [DataType.INT4]: 'q4',
  [DataType.UINT4]: 'q4',
  [DataType.INT8]: 'int8',
  [DataType.UINT8]: 'uint8',
};

/** Products with quantized weights, and which of their inputs these are. */
const INTEGER_PRODUCTS: Readonly<Record<string, number>> = {
  MatMulInteger: 1,
  QLinearMatMul: 3,
  DequantizeLinear: 0,
  [`${MICROSOFT}DynamicQuantizeMatMul`]: 1,
  [`${MICROSOFT}MatMulIntegerToFloat`]: 1,
};

/**
 * Precision of a graph's weights: `fp32`, `fp16`, `bf16`, `int8`, `uint8`, `bnb4`, `q4` (`q2`, `q8`: blocks of other
 * widths), with `f16` behind it where the rest of the graph is in half precision.
 */
export function weightsDtype({ graph }: OnnxModel): string {
  const float = largestFloat(graph.initializers);
  const types = new Map(graph.initializers.map(({ name, dataType }) => [name, dataType]));
  for (const node of graph.nodes) {
    const quantized = quantizedAs(node, types);
    if (quantized !== undefined)
      return float === 'fp16' && /^(q\d|bnb4)/.test(quantized) ? `${quantized}f16` : quantized;
  }
  return float;
}

function quantizedAs(node: OnnxNode, types: ReadonlyMap<string, number>): string | undefined {
  const op = operatorKey(node);
  if (op === `${MICROSOFT}MatMulNBits`) return `q${intAttribute(node, 'bits', 4)}`;
  if (op === `${MICROSOFT}MatMulBnb4`) return 'bnb4';
  const input = INTEGER_PRODUCTS[op];
  return input === undefined
    ? undefined
    : INTEGERS[types.get(node.inputs[input] ?? '') ?? DataType.UNDEFINED];
}

/** The floating type that most of the floating weights are in. */
function largestFloat(
  initializers: readonly { readonly dims: readonly number[]; readonly dataType: number }[],
): string {
  const counts = new Map<string, number>();
  for (const { dims, dataType } of initializers) {
    const name = FLOATS[dataType];
    if (name === undefined) continue;
    counts.set(name, (counts.get(name) ?? 0) + dims.reduce((product, dim) => product * dim, 1));
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'fp32';
}
