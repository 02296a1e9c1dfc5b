import { formatTable } from '@sakejs/terminal';
import type { Dataset } from '../corpus/plan-dataset.js';
import { rippleAxes } from './popular-plan.js';

type Row = [what: string, dev: string, test: string];

/** How many records and prompts a dataset has, by split, one kind a line. */
export function recordsTable({ records, popular }: Dataset): string {
  const row = (what: string, count: (split: 'dev' | 'test') => number): Row => [
    what,
    String(count('dev')),
    String(count('test')),
  ];
  const prompts = [
    'paraphrase_prompts',
    'neighborhood_prompts',
    'attribute_prompts',
    'generation_prompts',
  ] as const;
  return formatTable(
    ['', 'dev', 'test'],
    [
      row('CounterFact-form records', (split) => records[split].length),
      ...prompts.map((part) =>
        row(`  ${part}`, (split) => records[split].flatMap((record) => record[part]).length),
      ),
      row('Popular-form records', (split) => popular.records[split].length),
      ...rippleAxes.map((axis) =>
        row(`  ${axis}`, (split) => popular.records[split].flatMap((record) => record[axis]).length),
      ),
    ],
  );
}
