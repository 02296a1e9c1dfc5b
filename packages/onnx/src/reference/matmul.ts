import { SakeError } from '@sakejs/spec';
import { floatAttribute, intAttribute } from '../attributes.js';
import { elementCount } from '../tensors/element-types.js';
import { combine } from './arithmetic.js';
import { describeNode, input, type ReferenceOp, type ReferenceOps } from './reference-op.js';
import type { RefTensor } from './ref-tensor.js';
import { broadcastDims, broadcastStrides, range, strided, stridesOf } from './strides.js';

/** Matrices of the last two axes over broadcast batch axes: alpha op(a) op(b). */
function matmul(
  a: RefTensor,
  b: RefTensor,
  options: { transA: boolean; transB: boolean; alpha: number; where: string },
): RefTensor {
  const [batchA, batchB] = [a.dims.slice(0, -2), b.dims.slice(0, -2)];
  const [rowsA, colsA] = [a.dims.at(-2)!, a.dims.at(-1)!];
  const [rowsB, colsB] = [b.dims.at(-2)!, b.dims.at(-1)!];
  const [rows, depth, stepRow, stepDepthA] = options.transA
    ? [colsA, rowsA, 1, colsA]
    : [rowsA, colsA, colsA, 1];
  const [cols, depthB, stepCol, stepDepthB] = options.transB
    ? [rowsB, colsB, colsB, 1]
    : [colsB, rowsB, 1, colsB];
  if (depth !== depthB)
    throw new SakeError(
      'shape-mismatch',
      `${options.where}: expected matrices that multiply, got [${a.dims.join(', ')}] and [${b.dims.join(', ')}]`,
    );
  const batch = broadcastDims([batchA, batchB], options.where);
  const matricesA = matrixOrder(batchA, batch);
  const matricesB = matrixOrder(batchB, batch);
  const out = new Float64Array(elementCount(batch) * rows * cols);
  const [left, right] = [a.data, b.data];
  for (let m = 0; m < matricesA.length; m++) {
    const startB = matricesB[m]! * rowsB * colsB;
    for (let i = 0; i < rows; i++) {
      const startA = matricesA[m]! * rowsA * colsA + i * stepRow;
      for (let j = 0; j < cols; j++) {
        const column = startB + j * stepCol;
        let sum = 0;
        for (let k = 0; k < depth; k++)
          sum += left[startA + k * stepDepthA]! * right[column + k * stepDepthB]!;
        out[(m * rows + i) * cols + j] = options.alpha * sum;
      }
    }
  }
  return { dtype: a.dtype, dims: [...batch, rows, cols], data: out };
}

/** Which matrix of a batch is read at each place of the broadcast batch. */
function matrixOrder(batch: readonly number[], out: readonly number[]): Float64Array {
  return strided(range(elementCount(batch)), out, broadcastStrides(batch, out));
}

/** [d0, d1 … dk, d] -> [d1 … dk, d0, d] */
function moveFirstAxis(tensor: RefTensor): RefTensor {
  const rank = tensor.dims.length;
  const order = [...Array.from({ length: rank - 2 }, (_, i) => i + 1), 0, rank - 1];
  const dims = order.map((axis) => tensor.dims[axis]!);
  const strides = stridesOf(tensor.dims);
  return {
    ...tensor,
    dims,
    data: strided(
      tensor.data,
      dims,
      order.map((axis) => strides[axis]!),
    ),
  };
}

const matmulOp: ReferenceOp = (call) => {
  const [a, b] = [input(call, 0), input(call, 1)];
  const product = matmul(
    a.dims.length === 1 ? { ...a, dims: [1, ...a.dims] } : a,
    b.dims.length === 1 ? { ...b, dims: [...b.dims, 1] } : b,
    { transA: false, transB: false, alpha: 1, where: describeNode(call.node) },
  );
  const rank = product.dims.length;
  const dims = product.dims.filter(
    (_, axis) => !(axis === rank - 2 && a.dims.length === 1) && !(axis === rank - 1 && b.dims.length === 1),
  );
  return [{ ...product, dims }];
};

const fusedMatmul: ReferenceOp = ({ node, ...call }) => {
  const flag = (name: string): boolean => intAttribute(node, name, 0) !== 0;
  const [a, b] = [input({ node, ...call }, 0), input({ node, ...call }, 1)];
  return [
    matmul(flag('transBatchA') ? moveFirstAxis(a) : a, flag('transBatchB') ? moveFirstAxis(b) : b, {
      transA: flag('transA'),
      transB: flag('transB'),
      alpha: floatAttribute(node, 'alpha', 1),
      where: describeNode(node),
    }),
  ];
};

const gemm: ReferenceOp = (call) => {
  const where = describeNode(call.node);
  const product = matmul(input(call, 0), input(call, 1), {
    transA: intAttribute(call.node, 'transA', 0) !== 0,
    transB: intAttribute(call.node, 'transB', 0) !== 0,
    alpha: floatAttribute(call.node, 'alpha', 1),
    where,
  });
  const bias = call.inputs[2];
  const beta = floatAttribute(call.node, 'beta', 1);
  return [bias === undefined ? product : combine(product, bias, (sum, c) => sum + beta * c, where)];
};

export const matmulOps: ReferenceOps = {
  MatMul: matmulOp,
  Gemm: gemm,
  'com.microsoft:FusedMatMul': fusedMatmul,
};
