import { float, int, text } from '../../attributes.js';
import { given, real, type RuleCase } from './rule-case.js';

const microsoft = { domain: 'com.microsoft' };
const tanh = { attributes: { approximate: text('tanh') }, opset: 20 };

const elementwise: RuleCase[] = ['Tanh', 'Sigmoid', 'Erf', 'Softplus'].flatMap((op) => [
  { op, title: 'a matrix', inputs: [real(3, 4)] },
  { op, title: 'a scalar', inputs: [real()] },
]);

const softmaxes: RuleCase[] = ['Softmax', 'LogSoftmax'].flatMap((op) => [
  { op, title: 'last axis', inputs: [real(2, 4)] },
  { op, title: 'first axis', inputs: [real(3, 2)], attributes: { axis: int(0) } },
  { op, title: 'inner axis, counted from the end', inputs: [real(2, 3, 2)], attributes: { axis: int(-2) } },
  { op, title: 'axis of size 1', inputs: [real(2, 1)] },
]);

export const activationCases: RuleCase[] = [
  ...elementwise,
  ...softmaxes,
  { op: 'Relu', title: 'both signs', inputs: [given([2, 2], [-1, 2, -0.5, 0.5])] },
  { op: 'Gelu', title: 'exact', opset: 20, inputs: [real(3, 4)] },
  { op: 'Gelu', title: 'tanh', ...tanh, inputs: [real(3, 4)] },
  { op: 'Gelu', title: 'tanh at 0 and far out', ...tanh, inputs: [given([3], [0, -9, 9])] },
  { op: 'Gelu', title: 'exact, by ONNX Runtime', ...microsoft, inputs: [real(3, 4)] },
  { op: 'FastGelu', title: 'without bias', ...microsoft, inputs: [real(3, 4)] },
  { op: 'FastGelu', title: 'with bias', ...microsoft, inputs: [real(3, 4), real(4)] },
  { op: 'QuickGelu', title: 'default alpha', ...microsoft, inputs: [real(3, 4)] },
  { op: 'QuickGelu', title: 'SiLU', ...microsoft, inputs: [real(3, 4)], attributes: { alpha: float(1) } },
];
