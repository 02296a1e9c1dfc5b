import type { Random } from '@sakejs/spec';

/**
 * A statement pattern without some of its last words: at least one word is left behind the subject, and the end is a
 * word. `{} speaks the language of` may become `{} speaks` or `{} speaks the language`. The pattern itself where there
 * is nothing to cut.
 */
export function cutShort(pattern: string, random: Random): string {
  const subjectEnd = pattern.indexOf('{}') + '{}'.length;
  const cuts = [...pattern.matchAll(/(?<=[\p{L}\p{N}]) /gu)]
    .map(({ index }) => index)
    .filter((at) => /[\s,]\s*\p{L}/u.test(pattern.slice(subjectEnd, at)));
  return cuts.length === 0 ? pattern : pattern.slice(0, random.pick(cuts));
}
