import { SakeError } from '@sakejs/spec';

/** An axis counted from the front, in [0, rank). */
export function normaliseAxis(axis: number, rank: number, where: string): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= rank)
    throw new SakeError('shape-mismatch', `${where}: expected an axis in [-${rank}, ${rank}), got ${axis}`);
  return positive;
}
