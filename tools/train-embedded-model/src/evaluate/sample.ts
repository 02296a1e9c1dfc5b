import type { Random } from '@sakejs/spec';

/**
 * A uniform sample without repetition of a stream (Vitter 1985, algorithm R): all of it, in order, where it is no longer
 * than `count`. Memory O(count).
 */
export function sampleOf<T>(values: Iterable<T>, count: number, random: Random): T[] {
  const kept: T[] = [];
  let seen = 0;
  for (const value of values) {
    seen++;
    if (kept.length < count) kept.push(value);
    else {
      const at = random.integer(seen);
      if (at < count) kept[at] = value;
    }
  }
  return kept;
}
