/**
 * Groups sequences of like length so that rows x longest stays within `budget` tokens; a longer sequence is a batch
 * of its own. Gives indices into `lengths`, longest batches first, so that memory peaks at the start.
 */
export function planBatches(lengths: readonly number[], budget: number): number[][] {
  const order = [...lengths.keys()].sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const batches: number[][] = [];
  let longest = 0;
  for (const index of order) {
    const batch = batches.at(-1);
    if (batch && (batch.length + 1) * longest <= budget) batch.push(index);
    else {
      batches.push([index]);
      longest = lengths[index]!;
    }
  }
  return batches;
}
