import type { Random } from '@sakejs/spec';

/**
 * A statement pattern without some of its last words: at least one word is left behind the subject, and the end is a
 * word. `{} speaks the language of` may become `{} speaks` or `{} speaks the language`. The pattern itself where there
 * is nothing to cut.
 */
export function cutShort(pattern: string, random: Random): string {
  const cuts = cutsOf(pattern);
  return cuts.length === 0 ? pattern : pattern.slice(0, random.pick(cuts));
}

/** Where a pattern may end: behind words, with one at least behind the subject. */
function cutsOf(pattern: string): number[] {
  const subjectEnd = pattern.indexOf('{}') + '{}'.length;
  return [...pattern.matchAll(/(?<=[\p{L}\p{N}]) /gu)]
    .map(({ index }) => index)
    .filter((at) => /[\s,]\s*\p{L}/u.test(pattern.slice(subjectEnd, at)));
}

const SMALL = 'of|in|by|as|at|on|to|for|from|with|the|a|an';
/** What only leads over to the object: `of`, `is in the city of` without `is in`. */
const LEADING_OVER = new RegExp(`^(?: (?:the|a|an) \\p{L}+)?(?: (?:${SMALL}))+$`, 'u');

/**
 * A statement pattern without the small words at its end that lead over to the object: `{} plays the sport of` becomes
 * `{} plays the sport`, `{} lies in the city of` that or `{} lies in`. At least one word is left behind the subject; the
 * pattern itself where nothing leads over.
 */
export function cutEnding(pattern: string, random: Random): string {
  const cuts = cutsOf(pattern).filter((at) => LEADING_OVER.test(pattern.slice(at)));
  return cuts.length === 0 ? pattern : pattern.slice(0, random.pick(cuts));
}
