import { float, int } from '../../attributes.js';
import { real, type RuleCase } from './rule-case.js';

const flags = [0, 1].flatMap((transA) => [0, 1].map((transB) => ({ transA, transB })));

const matmuls: RuleCase[] = (
  [
    ['matrices', [2, 3], [3, 4]],
    ['weights under a batch', [2, 2, 3], [3, 4]],
    ['weights under two batch axes', [2, 1, 2, 3], [3, 2]],
    ['a matrix before a batch', [2, 3], [2, 3, 2]],
    ['equal batches', [2, 2, 2, 3], [2, 2, 3, 2]],
    ['broadcast batches', [2, 1, 2, 3], [3, 3, 2]],
    ['row vector', [3], [3, 2]],
    ['row vector before a batch', [3], [2, 3, 2]],
    ['column vector', [2, 3], [3]],
    ['column vector after a batch', [2, 2, 3], [3]],
    ['dot product', [3], [3]],
  ] as const
).map(([title, a, b]) => ({ op: 'MatMul', title, inputs: [real(...a), real(...b)], needs: 'ranks' }));

const fused: RuleCase[] = flags.flatMap(({ transA, transB }) => {
  const title = `transA ${transA}, transB ${transB}`;
  const a = transA ? [3, 2] : [2, 3];
  const b = transB ? [4, 3] : [3, 4];
  const attributes = { transA: int(transA), transB: int(transB), alpha: float(0.5) };
  const fusedCase = { op: 'FusedMatMul', domain: 'com.microsoft', attributes, needs: 'ranks' as const };
  return [
    { ...fusedCase, title, inputs: [real(2, 2, ...a), real(2, 2, ...b)] },
    { ...fusedCase, title: `${title}, broadcast batch`, inputs: [real(2, ...a), real(1, ...b)] },
    { ...fusedCase, title: `${title}, one weight matrix`, inputs: [real(2, ...a), real(...b)] },
    { ...fusedCase, title: `${title}, matrices`, inputs: [real(...a), real(...b)] },
  ];
});

const heads: RuleCase[] = [
  {
    op: 'FusedMatMul',
    domain: 'com.microsoft',
    title: 'transBatchA and transBatchB',
    attributes: { transBatchA: int(1), transBatchB: int(1), transB: int(1) },
    inputs: [real(3, 2, 2, 2), real(4, 2, 2, 2)],
    needs: 'ranks',
  },
];

const gemms: RuleCase[] = flags.flatMap(({ transA, transB }) => {
  const attributes = { transA: int(transA), transB: int(transB), alpha: float(0.5), beta: float(2) };
  const matrices = [transA ? real(3, 2) : real(2, 3), transB ? real(4, 3) : real(3, 4)];
  const title = `transA ${transA}, transB ${transB}`;
  return [
    { op: 'Gemm', title, attributes, inputs: matrices },
    { op: 'Gemm', title: `${title}, bias`, attributes, inputs: [...matrices, real(4)] },
  ];
});

export const matmulCases: RuleCase[] = [
  ...matmuls,
  ...fused,
  ...heads,
  ...gemms,
  { op: 'Gemm', title: 'column bias', inputs: [real(2, 3), real(3, 4), real(2, 1)] },
  { op: 'Gemm', title: 'scalar bias', inputs: [real(2, 3), real(3, 4), real()] },
  { op: 'Gemm', title: 'full bias', inputs: [real(2, 3), real(3, 4), real(2, 4)] },
];
