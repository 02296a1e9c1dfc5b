import { int } from '../../attributes.js';
import { DataType } from '../../ir.js';
import { fixed, given, positive, real, type RuleCase } from './rule-case.js';

const shapes: [string, number[], number[]][] = [
  ['equal shapes', [2, 3], [2, 3]],
  ['a row', [2, 3], [3]],
  ['a column against a row', [2, 1], [1, 3]],
  ['a scalar', [], [2, 2]],
  ['size-1 axes on both sides', [1, 3, 1], [2, 1, 1, 2]],
];

const broadcast = (op: string, right: typeof real): RuleCase[] =>
  shapes.map(([title, a, b]) => ({ op, title, inputs: [real(...a), right(...b)] }));

const elementwise = (op: string, input: typeof real): RuleCase[] => [
  { op, title: 'a matrix', inputs: [input(2, 3)] },
  { op, title: 'a scalar', inputs: [input()] },
];

export const arithmeticCases: RuleCase[] = [
  ...broadcast('Add', real),
  ...broadcast('Sub', real),
  ...broadcast('Mul', real),
  ...broadcast('Div', positive),
  ...[0, 0.5, 1, 2, 3, -1.5].map((exponent) => ({
    op: 'Pow',
    title: `constant exponent ${exponent}`,
    inputs: [positive(2, 3), fixed([], [exponent])],
  })),
  { op: 'Pow', title: 'negative base', inputs: [real(2, 3), fixed([1], [3])] },
  { op: 'Pow', title: 'exponents by broadcasting', inputs: [positive(2, 3), real(3)] },
  { op: 'Pow', title: 'x to the 0 at 0', inputs: [fixed([2], [0, 0]), positive(2)] },
  { op: 'Sum', title: 'one', inputs: [real(2)] },
  { op: 'Sum', title: 'three of different shapes', inputs: [real(2, 3), real(3), real(2, 1)] },
  ...['Neg', 'Abs', 'Exp', 'Sin', 'Cos', 'Identity', 'Dropout'].flatMap((op) => elementwise(op, real)),
  ...['Sqrt', 'Reciprocal', 'Log'].flatMap((op) => elementwise(op, positive)),
  { op: 'Abs', title: 'both signs', inputs: [given([2], [-1.5, 0.5])] },
  { op: 'Cast', title: 'to another float type', inputs: [real(3)], attributes: { to: int(DataType.FLOAT) } },
  { op: 'Cast', title: 'to its own type', inputs: [real(3)], attributes: { to: int(DataType.DOUBLE) } },
];
