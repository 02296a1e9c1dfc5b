import { float, int } from '../../attributes.js';
import { DataType } from '../../ir.js';
import { real, type CaseInput, type RuleCase } from './rule-case.js';

/** FLOAT tensors use the saved statistics; the evaluator computes them in float64 all the same. */
const single = (...dims: number[]): CaseInput => ({ dims, dtype: DataType.FLOAT });

const epsilon = float(0.01);

function normalisations(op: string, opset: number, bias: boolean): RuleCase[] {
  return [['saved statistics', single] as const, ['recomputed statistics', real] as const].flatMap(
    ([title, input]): RuleCase[] => [
      {
        op,
        opset,
        title: `${title}, rows`,
        inputs: [input(2, 3, 4), input(4), ...(bias ? [input(4)] : [])],
        attributes: { epsilon },
      },
      { op, opset, title: `${title}, matrix`, inputs: [input(3, 4), input(4)], attributes: { epsilon } },
      {
        op,
        opset,
        title: `${title}, two axes`,
        inputs: [input(2, 3, 2), input(3, 2), ...(bias ? [input(3, 2)] : [])],
        attributes: { epsilon, axis: int(-2) },
      },
      {
        op,
        opset,
        title: `${title}, axis from the front, broadcast scale`,
        inputs: [input(2, 3, 2), input(1)],
        attributes: { epsilon, axis: int(1) },
        needs: 'ranks',
      },
    ],
  );
}

export const normalisationCases: RuleCase[] = [
  ...normalisations('LayerNormalization', 17, true),
  ...normalisations('SimplifiedLayerNormalization', 17, false),
  ...normalisations('RMSNormalization', 23, false),
];
