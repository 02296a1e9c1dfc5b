import { int } from '../../attributes.js';
import { fixed, list, real, type RuleCase } from './rule-case.js';

export const slicingCases: RuleCase[] = [
  { op: 'Slice', title: 'two axes', inputs: [real(3, 4), list(1, 0), list(3, 2)] },
  { op: 'Slice', title: 'from the end', inputs: [real(3, 4), list(-2), list(2 ** 40), list(-1)] },
  { op: 'Slice', title: 'the whole axis', inputs: [real(3, 4), list(0), list(9), list(0)] },
  { op: 'Slice', title: 'backwards', inputs: [real(3, 4), list(-1), list(-99), list(1), list(-2)] },
  {
    op: 'Split',
    title: 'equal',
    inputs: [real(2, 6)],
    outputs: 3,
    attributes: { axis: int(1), num_outputs: int(3) },
  },
  {
    op: 'Split',
    title: 'sizes',
    inputs: [real(2, 5), list(2, 3)],
    outputs: 2,
    attributes: { axis: int(-1) },
  },
  { op: 'Concat', title: 'last axis', inputs: [real(2, 1), real(2, 3)], attributes: { axis: int(-1) } },
  {
    op: 'Concat',
    title: 'three',
    inputs: [real(1, 2), real(2, 2), real(3, 2)],
    attributes: { axis: int(0) },
  },
  {
    op: 'Concat',
    title: 'a constant between',
    inputs: [real(2), fixed([1], [4]), real(3)],
    attributes: { axis: int(0) },
  },
  { op: 'Pad', title: 'both sides', inputs: [real(2, 3), list(1, 0, 2, 1)] },
  { op: 'Pad', title: 'chosen axes, value', inputs: [real(2, 3), list(2, 1), fixed([], [7]), list(-1)] },
  { op: 'Pad', title: 'cutting', inputs: [real(2, 3), list(0, -1, 0, 1)] },
];
