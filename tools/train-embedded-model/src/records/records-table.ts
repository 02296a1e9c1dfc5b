import type { Fact } from '@sakejs/facts';
import { formatTable } from '@sakejs/terminal';
import type { Dataset } from '../corpus/plan-dataset.js';
import { groupFacts } from './group-facts.js';
import { rippleAxes } from './popular-plan.js';

type Row = [what: string, dev: string, test: string];

/** What a dataset teaches, in one line a kind. */
export function taughtTable({ facts, compositions, aliases, keptOut }: Dataset): string {
  const requested = facts.filter(({ sources }) => sources.includes('counterfact'));
  const subjectsOf = (of: readonly Fact[]): number => new Set(of.map(({ subject }) => subject)).size;
  return formatTable(
    ['', 'count'],
    [
      ['facts', String(facts.length)],
      ['  relations', String(groupFacts(facts, 'relation').size)],
      ['  subjects', String(subjectsOf(facts))],
      ['  subjects kept out of contexts', String(keptOut.size)],
      ['facts that a CounterFact request asks', String(requested.length)],
      ['  subjects', String(subjectsOf(requested))],
      ['compositions stated', String(compositions.filter(({ shown }) => shown).length)],
      ['compositions held out', String(compositions.filter(({ shown }) => !shown).length)],
      ['people with aliases', String(new Set(aliases.map(({ subject }) => subject)).size)],
    ],
  );
}

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
