import { ints } from '../attributes.js';
import type { GraphBuilder } from '../graph-builder.js';

/** Exchanges the second and third axis: [batch, length, heads, headDim] <-> [batch, heads, length, headDim]. */
export function swapHeads(builder: GraphBuilder, x: string): string {
  return builder.node('Transpose', [x], { attributes: { perm: ints([0, 2, 1, 3]) } });
}
