import { createRandom, SakeError } from '@sakejs/spec';

/**
 * Deals the numbers 0 to `count` - 1 for ever: every round is a seeded permutation, so each comes once before any comes
 * twice. A pure function of (seed, turn); a round's permutation is remembered until another is asked for.
 *
 * @throws {SakeError} `not-enough-data` when there is nothing to deal.
 */
export function createDeal(count: number, seed: string): (turn: number) => number {
  if (count === 0)
    throw new SakeError('not-enough-data', `createDeal: expected something to deal for ${seed}, got nothing`);
  const order = new Uint32Array(count);
  let round = -1;
  return (turn) => {
    if (Math.floor(turn / count) !== round) {
      round = Math.floor(turn / count);
      const random = createRandom(`${seed}/${round}`);
      for (let i = 0; i < count; i++) {
        const j = random.integer(i + 1);
        order[i] = order[j]!;
        order[j] = i;
      }
    }
    return order[turn % count]!;
  };
}
