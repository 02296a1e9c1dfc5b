import { int, ints } from '../../attributes.js';
import { given, indices, list, positive, real, type CaseInput, type RuleCase } from './rule-case.js';

const dropped = { keepdims: int(0) };

function reductions(op: string, input: (...dims: number[]) => CaseInput, axesAreInput: boolean): RuleCase[] {
  const opset = axesAreInput ? 18 : 13;
  const over = (...axes: number[]): Pick<RuleCase, 'opset' | 'attributes'> & { axes: CaseInput[] } =>
    axesAreInput
      ? { opset, axes: [list(...axes)], attributes: {} }
      : { opset, axes: [], attributes: { axes: ints(axes) } };
  const reduce = (title: string, x: CaseInput, axes: number[], keep: boolean): RuleCase => {
    const { axes: extra, attributes, opset: version } = over(...axes);
    return {
      op,
      title: `${title}, operator set ${opset}`,
      ...(version === undefined ? {} : { opset: version }),
      inputs: [x, ...extra],
      attributes: { ...attributes, ...(keep ? {} : dropped) },
    };
  };
  return [
    reduce('last axis kept', input(2, 3), [-1], true),
    reduce('last axis dropped', input(2, 3), [-1], false),
    reduce('two axes dropped', input(2, 3, 2), [0, -1], false),
    reduce('axis of size 1', input(1, 3), [0], false),
    { op, title: `all axes, operator set ${opset}`, opset, inputs: [input(2, 3)], attributes: dropped },
    { op, title: `all axes kept, operator set ${opset}`, opset, inputs: [input(2, 3)] },
  ];
}

const none = { noop_with_empty_axes: int(1) };
const distinct = (...dims: number[]): CaseInput =>
  given(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 7) % 12) / 2),
  );

export const reduceCases: RuleCase[] = [
  ...reductions('ReduceSum', real, true),
  { op: 'ReduceSum', title: 'no axes', inputs: [real(2, 2), list()], attributes: none, needs: 'constants' },
  ...['ReduceMean', 'ReduceSumSquare', 'ReduceL2'].flatMap((op) => [
    ...reductions(op, positive, true),
    ...reductions(op, real, false),
  ]),
  ...['ReduceMax', 'ReduceMin'].flatMap((op) => [
    ...reductions(op, distinct, true),
    ...reductions(op, distinct, false),
  ]),
  { op: 'CumSum', title: 'plain', inputs: [real(2, 3), indices([], [1])] },
  {
    op: 'CumSum',
    title: 'reverse',
    inputs: [real(2, 3), indices([], [-1])],
    attributes: { reverse: int(1) },
  },
  {
    op: 'CumSum',
    title: 'exclusive',
    inputs: [real(3), indices([], [0])],
    attributes: { exclusive: int(1) },
  },
];
