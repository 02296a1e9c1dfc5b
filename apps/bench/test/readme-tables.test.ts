import { readFileSync } from 'node:fs';
import { formatShare, publishedTables, type SuiteResult } from '@sakejs/evaluation';
import { describe, expect, it } from 'vitest';

const file = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const { results } = JSON.parse(file('results/results.json')) as { readonly results: readonly SuiteResult[] };

/** The README's short names. */
const metrics: Readonly<Record<string, string>> = {
  ...{ accuracy: 'accuracy', generality: 'generality', specificity: 'specificity' },
  ...{ CI: 'compositionalityI', CII: 'compositionalityII' },
  ...{ SA: 'subjectAliasing', RS: 'relationSpecificity' },
  ...{ DI: 'doubtIndirect', DII: 'doubtDirect' },
};
const suites: Readonly<Record<string, string>> = {
  ...{ CounterFact: 'counterfact', 'RippleEdits (Popular)': 'popular', doubts: 'doubt' },
};

/** The cells of the tables whose first heading is a suite. */
function* shownRows(): Generator<{ suite: string; label: string; metric: string; shown: string }> {
  let heading: readonly string[] = [];
  for (const line of file('README.md').split('\n')) {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const [label = ''] = cells;
    if (cells.length === 0) heading = [];
    else if (Object.hasOwn(suites, label)) heading = cells;
    else if (heading.length > 0 && !label.startsWith('-'))
      for (const [at, shown] of cells.entries())
        if (at > 0) yield { suite: suites[heading[0]!]!, label, metric: metrics[heading[at]!]!, shown };
  }
}

/** What a cell must show: `100.0 [98.1, 100.0]`, or published shares. */
function expected(suite: string, label: string, metric: string): string {
  const published = /^published, (\S+): (.*)$/.exec(label);
  if (published !== null) {
    const table = publishedTables.find(({ name, model }) => name === suite && model === published[1])!;
    const rows = published[2]!.split(' / ').map((name) => table.rows.find(({ method }) => method === name)!);
    return rows.map(({ values }) => formatShare(values[metric]!)).join(' / ');
  }
  const [, method, protocol] = /^`(.*)`, (paper|strict)/.exec(label)!;
  const result = results.find((one) => one.suite === suite && one.protocol === protocol)!;
  const { value, interval } = result.rows.find((row) => row.method === method)!.metrics[metric]!;
  return `${formatShare(value!)} [${interval!.map(formatShare).join(', ')}]`;
}

describe("the README's tables", () => {
  it('show what results/results.json and the publications have', () => {
    const rows = [...shownRows()];
    expect(new Set(rows.map(({ suite }) => suite)).size).toBe(3);
    expect(rows.map(({ suite, label, metric, shown }) => [suite, label, metric, shown])).toEqual(
      rows.map(({ suite, label, metric }) => [suite, label, metric, expected(suite, label, metric)]),
    );
  });
});
