import type { Random } from '@sakejs/spec';

const RESAMPLES = 2000;

/** Median, and the 2.5 % and 97.5 % quantiles of the medians of 2,000 resamples. */
export function medianInterval(
  numbers: readonly number[],
  random: Random,
): readonly [median: number, low: number, high: number] {
  if (numbers.length === 0) throw new RangeError('medianInterval: expected numbers, got none');
  const medians = Array.from({ length: RESAMPLES }, () => median(numbers.map(() => random.pick(numbers))));
  medians.sort((a, b) => a - b);
  return [median(numbers), medians[RESAMPLES * 0.025]!, medians[RESAMPLES * 0.975 - 1]!];
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
