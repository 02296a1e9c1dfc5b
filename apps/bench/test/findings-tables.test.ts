import { readFileSync } from 'node:fs';
import { costCells, formatShare, markdownTable, publishedFor, type SuiteResult } from '@sakejs/evaluation';
import { describe, expect, it } from 'vitest';

const file = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const results = JSON.parse(file('results/methods/results.json')) as readonly SuiteResult[];

const columns: Readonly<Record<string, readonly [suite: string, metric: string]>> = {
  'acc.': ['counterfact', 'accuracy'],
  'gen.': ['counterfact', 'generality'],
  'spec.': ['counterfact', 'specificity'],
  CI: ['popular', 'compositionalityI'],
  CII: ['popular', 'compositionalityII'],
  SA: ['popular', 'subjectAliasing'],
  RS: ['popular', 'relationSpecificity'],
  DI: ['doubt', 'doubtIndirect'],
  DII: ['doubt', 'doubtDirect'],
};

/** Tables of the findings that begin with a protocol's name, as their lines' cells. */
function shownTables(): string[][][] {
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const blocks = file('docs/findings.md')
    .split('\n\n')
    .filter((block) => /^\| (strict|paper) /.test(block));
  return blocks.map((block) => block.split('\n').map(cells));
}

describe('the table of every method', () => {
  it('shows what results/methods/results.json has', () => {
    const tables = shownTables();
    expect(tables.map(([heading]) => heading![0])).toEqual(['strict', 'paper']);
    for (const [heading, , ...lines] of tables) {
      const [protocol, ...names] = heading!;
      const of = (suite: string) =>
        results.find((each) => each.suite === suite && each.protocol === protocol)!;
      const rows = of('counterfact').rows.map(({ method, cost }) => [
        method,
        ...names.flatMap((name) => {
          const [suite, metric] = columns[name] ?? [];
          if (suite === undefined) return [];
          const { value } = of(suite).rows.find((row) => row.method === method)!.metrics[metric!]!;
          return [value === null ? 'n = 0' : formatShare(value)];
        }),
        ...(names.includes('s/edit') ? costCells(cost) : []),
      ]);
      expect(lines).toEqual(rows);
    }
  });

  it('has its intervals in results/methods/tables.md', () => {
    const tables = results.map((result) => markdownTable(result, { published: publishedFor(result.suite) }));
    expect(file('results/methods/tables.md')).toBe(tables.join('\n'));
  });
});
