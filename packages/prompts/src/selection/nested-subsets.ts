import { createRandom, SakeError, type PromptDistribution } from '@sakejs/spec';
import { takePrompts } from './take-prompts.js';

export interface NestedSubsetsOptions {
  /** Draws which prompts a smaller subset has. Default 0. */
  readonly seed?: number;
}

/**
 * Subsets of one distribution's prompts, each within every larger one: 10 ⊂ 25 ⊂ 50 ⊂ 100.
 *
 * For curves over the number of prompts that compare like with like. The request's own prompt is first in each; the
 * others are the first of one shuffle, by seed. Positives and negatives are the same in all.
 *
 * @returns one distribution a size, in the order of `sizes`.
 * @throws {SakeError} `invalid-option` for a size below 1, `not-enough-data` for one above the number of prompts.
 */
export function nestedSubsets(
  distribution: PromptDistribution,
  sizes: readonly number[],
  { seed = 0 }: NestedSubsetsOptions = {},
): PromptDistribution[] {
  const { prompts, request } = distribution;
  for (const size of sizes) {
    if (!Number.isInteger(size) || size < 1)
      throw new SakeError('invalid-option', `nestedSubsets: expected sizes of at least 1, got ${size}`);
    if (size > prompts.length)
      throw new SakeError(
        'not-enough-data',
        `nestedSubsets: expected at least ${size} prompts, got ${prompts.length}; ask for smaller subsets`,
      );
  }
  const random = createRandom(`${seed}/${request.subject}/${request.prompt}/nested`);
  const order = [0, ...random.shuffle(prompts.map((_, index) => index).slice(1))];
  return sizes.map((size) =>
    takePrompts(distribution, order.slice(0, size), {
      subset: size,
      subsetFrom: prompts.length,
      subsetSeed: seed,
    }),
  );
}
