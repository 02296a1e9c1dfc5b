import { describe, expect, it } from 'vitest';
import { positionGroup } from './position-groups.js';

const groups = (first: number, last: number, tokens: number) =>
  Array.from({ length: tokens }, (_, position) => positionGroup(position, { first, last }, tokens));

describe('positionGroup', () => {
  it('puts each token into one group', () => {
    expect(groups(1, 4, 9)).toEqual([
      undefined,
      ...['subjectFirst', 'subjectMiddle', 'subjectMiddle', 'subjectLast'],
      ...['subsequentFirst', 'further', 'further', 'last'],
    ]);
  });

  it('takes the only token of a subject for its last, and the last token for that alone', () => {
    expect(groups(0, 0, 2)).toEqual(['subjectLast', 'last']);
    expect(groups(0, 1, 2)).toEqual(['subjectFirst', 'subjectLast']);
  });
});
