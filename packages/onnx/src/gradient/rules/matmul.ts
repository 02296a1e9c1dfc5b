import { float, floatAttribute, int, intAttribute, ints } from '../../attributes.js';
import { DataType } from '../../ir.js';
import { MICROSOFT, type GradientGraph } from '../gradient-graph.js';
import type { GradientCall, GradientRule } from '../gradient-rule.js';
import { unbroadcast } from '../unbroadcast.js';

interface Flags {
  readonly transA: boolean;
  readonly transB: boolean;
  readonly alpha: number;
}

/** alpha op(a) op(b): Gemm for two matrices, otherwise FusedMatMul or its parts. */
function product(graph: GradientGraph, a: string, b: string, { transA, transB, alpha }: Flags): string {
  const attributes = {
    ...(transA ? { transA: int(1) } : {}),
    ...(transB ? { transB: int(1) } : {}),
    ...(alpha === 1 ? {} : { alpha: float(alpha) }),
  };
  if (graph.rank(a) === 2 && graph.rank(b) === 2) return graph.op('Gemm', [a, b], attributes);
  const dtype = graph.dtype(a);
  const plain = Object.keys(attributes).length === 0;
  if (!plain && graph.fused && (dtype === DataType.FLOAT || dtype === DataType.DOUBLE))
    return graph.op('FusedMatMul', [a, b], attributes, MICROSOFT);
  const [left, right] = [transA ? swapLastAxes(graph, a) : a, transB ? swapLastAxes(graph, b) : b];
  return graph.scale(graph.op('MatMul', [left, right]), alpha);
}

function swapLastAxes(graph: GradientGraph, x: string): string {
  const rank = graph.rank(x);
  const order = Array.from({ length: rank }, (_, axis) => axis);
  return graph.op('Transpose', [x], { perm: ints([...order.slice(0, -2), rank - 1, rank - 2]) });
}

/** Gradients of alpha op(a) op(b), before summing over broadcast batch axes. */
function productGradients(
  call: GradientCall,
  g: string,
  [a, b]: readonly [string, string],
  { transA, transB, alpha }: Flags,
): [string | undefined, string | undefined] {
  const { graph, wants } = call;
  const da = (): string =>
    transA
      ? product(graph, b, g, { transA: transB, transB: true, alpha })
      : product(graph, g, b, { transA: false, transB: !transB, alpha });
  const db = (): string => {
    // One weight matrix under many batches: a single Gemm over all rows.
    const shared = graph.rank(b) === 2 && graph.rank(a) > 2 && !transA;
    const [x, y] = shared ? [flattenRows(graph, a), flattenRows(graph, g)] : [a, g];
    return transB
      ? product(graph, y, x, { transA: true, transB: transA, alpha })
      : product(graph, x, y, { transA: !transA, transB: false, alpha });
  };
  return [wants(0) ? da() : undefined, wants(1) ? db() : undefined];
}

/** [.., n] -> [rows, n] */
function flattenRows(graph: GradientGraph, x: string): string {
  return graph.op('Flatten', [x], { axis: int(graph.rank(x) - 1) });
}

const matmul: GradientRule = {
  backward(call) {
    const { graph, node } = call;
    const [a, b] = node.inputs as [string, string];
    const [row, column] = [graph.rank(a) === 1, graph.rank(b) === 1];
    let g = call.gradients[0]!;
    if (column) g = graph.op('Unsqueeze', [g, graph.int64s([-1])]);
    if (row) g = graph.op('Unsqueeze', [g, graph.int64s([-2])]);
    const operands = [
      row ? graph.op('Unsqueeze', [a, graph.int64s([0])]) : a,
      column ? graph.op('Unsqueeze', [b, graph.int64s([1])]) : b,
    ] as const;
    const gradients = productGradients(call, g, operands, { transA: false, transB: false, alpha: 1 });
    return gradients.map((gradient, i) => {
      if (gradient === undefined) return undefined;
      const summed = unbroadcast(graph, gradient, operands[i]!);
      const added = [row ? 0 : -1, column ? 1 : -1][i]!;
      return added < 0 ? summed : graph.op('Squeeze', [summed, graph.int64s([added])]);
    });
  },
};

/** transBatchA reads [d0, d1 … dk, d] as [d1 … dk, d0, d]. */
const fusedMatmul: GradientRule = {
  backward(call) {
    const { graph, node } = call;
    const flag = (name: string): boolean => intAttribute(node, name, 0) !== 0;
    const moved = [flag('transBatchA'), flag('transBatchB')];
    const operands = node.inputs.map((name, i) => {
      const rank = graph.rank(name);
      const order = [...Array.from({ length: rank - 2 }, (_, axis) => axis + 1), 0, rank - 1];
      return moved[i] ? graph.op('Transpose', [name], { perm: ints(order) }) : name;
    }) as [string, string];
    const gradients = productGradients(call, call.gradients[0]!, operands, {
      transA: flag('transA'),
      transB: flag('transB'),
      alpha: floatAttribute(node, 'alpha', 1),
    });
    return gradients.map((gradient, i) => {
      if (gradient === undefined) return undefined;
      const summed = unbroadcast(graph, gradient, operands[i]!);
      const rank = graph.rank(summed);
      const back = [rank - 2, ...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1];
      return moved[i] ? graph.op('Transpose', [summed], { perm: ints(back) }) : summed;
    });
  },
};

/** alpha op(A) op(B) + beta C */
const gemm: GradientRule = {
  backward(call) {
    const { graph, node, wants } = call;
    const g = call.gradients[0]!;
    const [a, b, c] = node.inputs as [string, string, string?];
    for (const matrix of [a, b, g]) graph.assumeRank(matrix, 2);
    const gradients = productGradients(call, g, [a, b], {
      transA: intAttribute(node, 'transA', 0) !== 0,
      transB: intAttribute(node, 'transB', 0) !== 0,
      alpha: floatAttribute(node, 'alpha', 1),
    });
    const bias = (): string => graph.scale(unbroadcast(graph, g, c!), floatAttribute(node, 'beta', 1));
    return [...gradients, wants(2) ? bias() : undefined];
  },
};

export const matmulRules: Readonly<Record<string, GradientRule>> = {
  MatMul: matmul,
  'com.microsoft:FusedMatMul': fusedMatmul,
  Gemm: gemm,
};
