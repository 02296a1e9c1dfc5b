import { fixed, given, real, truth, type RuleCase } from './rule-case.js';

export const selectionCases: RuleCase[] = [
  { op: 'Where', title: 'equal shapes', inputs: [truth([3], [1, 0, 1]), real(3), real(3)] },
  { op: 'Where', title: 'broadcasting all three', inputs: [truth([2, 1], [1, 0]), real(3), real()] },
  {
    op: 'Where',
    title: 'a masked constant',
    inputs: [truth([2, 2], [1, 0, 1, 1]), real(2, 2), fixed([], [-100])],
  },
  ...['Min', 'Max'].flatMap((op): RuleCase[] => [
    { op, title: 'two of equal shape', inputs: [given([3], [1, 2, 3]), given([3], [3, 1, 2])] },
    {
      op,
      title: 'three, broadcasting',
      inputs: [given([2, 1], [1, 2]), given([2], [3, 0]), given([], [1.5])],
    },
    { op, title: 'one', inputs: [real(2)] },
    { op, title: 'with a constant', inputs: [given([3], [-1, 1, 2]), fixed([], [0])] },
  ]),
  {
    op: 'Clip',
    title: 'both bounds',
    inputs: [given([4], [-2, -0.5, 0.5, 2]), given([], [-1]), given([], [1])],
  },
  { op: 'Clip', title: 'upper bound', inputs: [given([3], [-2, 0.5, 2]), undefined, fixed([], [1])] },
];
