import { int, text } from '../../attributes.js';
import { indices, list, real, type RuleCase } from './rule-case.js';

const add = { reduction: text('add') };

export const gatherCases: RuleCase[] = [
  { op: 'Gather', title: 'rows, some twice', inputs: [real(4, 3), indices([2, 3], [0, 3, -1, 1, 0, 0])] },
  { op: 'Gather', title: 'distinct rows', inputs: [real(4, 3), list(2, 0)], opset: 15, needs: 'constants' },
  {
    op: 'Gather',
    title: 'one position',
    inputs: [real(2, 4, 3), indices([], [-1])],
    opset: 15,
    attributes: { axis: int(1) },
  },
  {
    op: 'Gather',
    title: 'columns, some twice',
    inputs: [real(2, 4), list(1, -1, 1)],
    attributes: { axis: int(-1) },
  },
  {
    op: 'GatherElements',
    title: 'some twice',
    inputs: [real(2, 3), indices([2, 2], [1, 1, 2, -3])],
    attributes: { axis: int(1) },
  },
  { op: 'GatherND', title: 'elements', inputs: [real(2, 3), indices([3, 2], [0, 1, 1, -1, 0, 1])] },
  { op: 'GatherND', title: 'rows', inputs: [real(2, 3), indices([1, 1], [1])] },
  {
    op: 'GatherND',
    title: 'per batch',
    inputs: [real(2, 3, 2), indices([2, 1], [2, 0])],
    attributes: { batch_dims: int(1) },
  },
  {
    op: 'ScatterElements',
    title: 'overwriting',
    inputs: [real(2, 3), indices([1, 2], [2, 0]), real(1, 2)],
    attributes: { axis: int(1) },
  },
  {
    op: 'ScatterElements',
    title: 'adding',
    inputs: [real(2, 3), indices([2, 2], [1, 1, 0, -1]), real(2, 2)],
    attributes: { axis: int(1), ...add },
  },
  { op: 'ScatterND', title: 'overwriting', inputs: [real(3, 2), indices([2, 1], [2, 0]), real(2, 2)] },
  {
    op: 'ScatterND',
    title: 'adding',
    inputs: [real(3, 2), indices([2, 1], [1, 1]), real(2, 2)],
    attributes: add,
  },
];
