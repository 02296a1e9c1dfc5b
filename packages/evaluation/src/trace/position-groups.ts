import type { SubjectSpan } from '@sakejs/editor';

/** Places of a prompt's tokens by the subject, as Meng et al. (2022) average over them. */
export const positionGroups = [
  'subjectFirst',
  'subjectMiddle',
  'subjectLast',
  'subsequentFirst',
  'further',
  'last',
] as const;

export type PositionGroup = (typeof positionGroups)[number];

/**
 * The group that a token belongs to; none in front of the subject, which noise on the subject cannot reach.
 *
 * Each token belongs to one group. The only token of a subject is its last; the prompt's last token is `last` even
 * right behind the subject, and part of the subject where the prompt ends with it.
 */
export function positionGroup(
  position: number,
  { first, last }: SubjectSpan,
  tokens: number,
): PositionGroup | undefined {
  if (position < first) return undefined;
  if (position === last) return 'subjectLast';
  if (position < last) return position === first ? 'subjectFirst' : 'subjectMiddle';
  if (position === tokens - 1) return 'last';
  return position === last + 1 ? 'subsequentFirst' : 'further';
}
