import { DataType } from '../ir.js';
import { combine, unary } from './arithmetic.js';
import { describeNode, input, type ReferenceOp, type ReferenceOps } from './reference-op.js';
import { broadcastDims, broadcastTo } from './strides.js';

function compare(test: (a: number, b: number) => boolean): ReferenceOp {
  return (call) => [
    {
      ...combine(input(call, 0), input(call, 1), (a, b) => Number(test(a, b)), describeNode(call.node)),
      dtype: DataType.BOOL,
    },
  ];
}

const where: ReferenceOp = (call) => {
  const [condition, yes, no] = [input(call, 0), input(call, 1), input(call, 2)];
  const dims = broadcastDims([condition.dims, yes.dims, no.dims], describeNode(call.node));
  const [left, right] = [broadcastTo(yes, dims), broadcastTo(no, dims)];
  const data = broadcastTo(condition, dims).map((test, i) => (test === 0 ? right[i]! : left[i]!));
  return [{ dtype: yes.dtype, dims, data }];
};

export const logicOps: ReferenceOps = {
  Equal: compare((a, b) => a === b),
  Greater: compare((a, b) => a > b),
  GreaterOrEqual: compare((a, b) => a >= b),
  Less: compare((a, b) => a < b),
  LessOrEqual: compare((a, b) => a <= b),
  And: compare((a, b) => a !== 0 && b !== 0),
  Or: compare((a, b) => a !== 0 || b !== 0),
  Xor: compare((a, b) => (a !== 0) !== (b !== 0)),
  Not: unary((value) => Number(value === 0)),
  IsNaN: (call) => [{ ...unary((value) => Number(Number.isNaN(value)))(call)[0]!, dtype: DataType.BOOL }],
  Where: where,
};
