import { int, ints } from '../../attributes.js';
import { indices, list, real, type RuleCase } from './rule-case.js';

export const shapeCases: RuleCase[] = [
  { op: 'Reshape', title: 'inferred size', inputs: [real(2, 3), list(3, -1)] },
  { op: 'Reshape', title: 'kept size', inputs: [real(2, 3, 2), list(0, 6)] },
  { op: 'Reshape', title: 'to a scalar', inputs: [real(1, 1), indices([0], [])] },
  { op: 'Flatten', title: 'default axis', inputs: [real(2, 3, 2)] },
  { op: 'Flatten', title: 'last axis', inputs: [real(2, 3, 2)], attributes: { axis: int(-1) } },
  { op: 'Squeeze', title: 'negative axis', inputs: [real(2, 1, 3, 1), list(-1)] },
  { op: 'Squeeze', title: 'all axes of size 1', inputs: [real(2, 1, 3, 1)] },
  { op: 'Unsqueeze', title: 'first and last', inputs: [real(2, 3), list(0, -1)] },
  { op: 'Transpose', title: 'reversed', inputs: [real(2, 3, 4)] },
  {
    op: 'Transpose',
    title: 'heads first',
    inputs: [real(2, 3, 2, 2)],
    attributes: { perm: ints([0, 2, 1, 3]) },
  },
  { op: 'Transpose', title: 'a cycle', inputs: [real(2, 3, 4)], attributes: { perm: ints([1, 2, 0]) } },
  { op: 'Expand', title: 'size-1 axis and new axis', inputs: [real(2, 1, 3), list(2, 1, 4, 1)] },
  { op: 'Expand', title: 'a scalar', inputs: [real(), list(2, 2)] },
  { op: 'Expand', title: 'nothing', inputs: [real(2, 3), list(1, 1)] },
  { op: 'Tile', title: 'two axes', inputs: [real(2, 1, 3), list(2, 3, 1)], needs: 'ranks' },
  { op: 'Trilu', title: 'upper', inputs: [real(3, 4)] },
  {
    op: 'Trilu',
    title: 'lower, shifted',
    inputs: [real(2, 3, 3), indices([], [-1])],
    attributes: { upper: int(0) },
  },
];
