import { createRandom, SakeError } from '@sakejs/spec';
import type { CorpusPlan, DocumentKindName } from './document-kinds.js';

/** Documents a block: each block holds every kind in its planned number. */
export const BLOCK = 400;

export interface ScheduledKind {
  readonly kind: DocumentKindName;
  /** How many documents of this kind come before it. */
  readonly ordinal: number;
}

/** Shares as whole numbers of documents in a block, by largest remainder. */
function countsPerBlock(plan: CorpusPlan): [DocumentKindName, number][] {
  const shares = Object.entries(plan) as [DocumentKindName, number][];
  const sum = shares.reduce((total, [, share]) => total + share, 0);
  if (shares.some(([, share]) => !(share >= 0)) || Math.abs(sum - 1) > 1e-9)
    throw new SakeError(
      'invalid-option',
      `scheduleKinds: expected shares >= 0 that sum to 1, got ${JSON.stringify(plan)}`,
    );
  const counts = shares.map(([kind, share]): [DocumentKindName, number] => [
    kind,
    Math.floor(share * BLOCK + 1e-9),
  ]);
  const byRemainder = shares
    .map(([, share], i) => ({ i, remainder: share * BLOCK - counts[i]![1] }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  const missing = BLOCK - counts.reduce((total, [, count]) => total + count, 0);
  for (const { i } of byRemainder.slice(0, missing)) counts[i]![1]++;
  return counts;
}

/**
 * The kind of every document, as a pure function of the plan, the seed and the index: blocks of {@link BLOCK}, each in
 * its own order.
 *
 * @throws {SakeError} `invalid-option` when the shares are negative or do not sum to 1.
 */
export function scheduleKinds(plan: CorpusPlan, seed: number | string): (index: number) => ScheduledKind {
  const counts = countsPerBlock(plan);
  const perBlock = new Map(counts);
  const slots = counts.flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, rank) => ({ kind, rank })),
  );
  let block = -1;
  let order = slots;
  return (index) => {
    if (Math.floor(index / BLOCK) !== block) {
      block = Math.floor(index / BLOCK);
      order = createRandom(`${seed}/block/${block}`).shuffle(slots);
    }
    const { kind, rank } = order[index % BLOCK]!;
    return { kind, ordinal: block * perBlock.get(kind)! + rank };
  };
}
