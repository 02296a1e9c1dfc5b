import type { GraphIndex } from './graph-index.js';
import { findBlocks } from './residual-joins.js';

/**
 * The residual stream after each block, first block first: what the block's last addition gives (see `findBlocks`).
 *
 * @returns undefined where the graph does not show the stream.
 */
export function findResiduals(index: GraphIndex, hidden: string): string[] | undefined {
  return findBlocks(index, hidden)?.map((joins) => joins.at(-1)!.output);
}
