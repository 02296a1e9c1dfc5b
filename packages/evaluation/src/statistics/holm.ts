import { SakeError } from '@sakejs/spec';

/**
 * p-values adjusted for being looked at together (Holm's step-down procedure), in the order given.
 *
 * The i-th smallest of m becomes max over j ≤ i of min(1, (m − j + 1) p₍ⱼ₎): rejecting those of at most α keeps the chance
 * of any false rejection at α, whatever their dependence. Source: Holm (1979).
 *
 * @throws {SakeError} `invalid-input` for a value outside 0..1.
 */
export function holmAdjust(pValues: readonly number[]): number[] {
  const stray = pValues.find((p) => !(p >= 0 && p <= 1));
  if (stray !== undefined)
    throw new SakeError('invalid-input', `holmAdjust: expected p-values from 0 to 1, got ${stray}`);
  const order = pValues.map((_, at) => at).sort((x, y) => pValues[x]! - pValues[y]!);
  const adjusted = new Array<number>(pValues.length);
  let highest = 0;
  for (const [rank, at] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (pValues.length - rank) * pValues[at]!));
    adjusted[at] = highest;
  }
  return adjusted;
}
