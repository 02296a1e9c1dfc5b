import { text } from '../../attributes.js';
import { real, type CaseInput, type RuleCase } from './rule-case.js';

const equation = (value: string, ...inputs: CaseInput[]): RuleCase => ({
  op: 'Einsum',
  title: value,
  inputs,
  attributes: { equation: text(value) },
});

export const einsumCases: RuleCase[] = [
  equation('ij,jk->ik', real(2, 3), real(3, 4)),
  equation('bhqd,bhkd->bhqk', real(2, 2, 3, 4), real(2, 2, 2, 4)),
  equation('bij,jk', real(2, 2, 3), real(3, 2)),
  equation('ij->ji', real(2, 3)),
  equation('ij->i', real(2, 3)),
  equation('i,j->ij', real(2), real(3)),
  equation('ij,ik,k->j', real(2, 3), real(2, 4), real(4)),
];
