import { float, int, ints } from '../attributes.js';
import type { GraphBuilder } from '../graph-builder.js';
import type { DataType } from '../ir.js';

/** queries · keysᵀ · scale over the last two axes, in standard operators. */
export function plainScores(
  builder: GraphBuilder,
  queries: string,
  keys: string,
  scale: number,
  type: DataType,
): string {
  const scaled = builder.node('Mul', [queries, builder.scalar(scale, type)]);
  const turned = builder.node('Transpose', [keys], { attributes: { perm: ints([0, 1, 3, 2]) } });
  return builder.node('MatMul', [scaled, turned]);
}

/** As {@link plainScores}, in one node of ONNX Runtime's. */
export function fusedScores(builder: GraphBuilder, queries: string, keys: string, scale: number): string {
  return builder.node('FusedMatMul', [queries, keys], {
    domain: 'com.microsoft',
    attributes: { alpha: float(scale), transA: int(0), transB: int(1) },
  });
}
