import type { OnnxNode } from '../ir.js';
import { isProduct } from './head-products.js';
import { carriedBy, stepKind } from './head-steps.js';
import type { GraphIndex } from './graph-index.js';

/** Where a way back from the logits leads to something other than the hidden states. */
export interface Stray {
  /** What is read there. */
  readonly tensor: string;
  /** Who makes it; nothing for a graph input. */
  readonly node: OnnxNode | undefined;
}

/**
 * The nodes that compute the logits from the hidden states, in graph order.
 *
 * The shapes that layouts follow and the positions that selections take are not part of the way.
 * @param accepts Which nodes may lie on the way.
 * @returns the place where the logits depend on something else, if they do.
 */
export function headPath(
  index: GraphIndex,
  hidden: string,
  logits: string,
  accepts: (node: OnnxNode) => boolean,
): readonly OnnxNode[] | Stray {
  const start = index.position(hidden);
  const positions = new Set<number>();
  const open = [logits];
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    if (tensor === hidden) continue;
    const position = index.position(tensor);
    const node = index.graph.nodes[position];
    // What was computed before the hidden states, or beside them by the same node, does not come from them.
    if (node === undefined || position <= start || !accepts(node)) return { tensor, node };
    if (positions.has(position)) continue;
    positions.add(position);
    open.push(...carriedBy(index, node, isProduct(node) ? undefined : stepKind(index, node)));
  }
  return [...positions].sort((a, b) => a - b).map((position) => index.graph.nodes[position]!);
}
