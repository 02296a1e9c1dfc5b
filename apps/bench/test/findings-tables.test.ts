import { readFileSync } from 'node:fs';
import {
  costCells,
  formatShare,
  markdownTable,
  publishedFor,
  renderMarkdown,
  type SuiteResult,
} from '@sakejs/evaluation';
import { describe, expect, it } from 'vitest';
import { readScaling } from '../src/scaling/scaling-result.js';
import { tableOfScaling } from '../src/scaling/scaling-table.js';
import type { TuneResult } from '../src/tune/run-tune.js';

const file = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const results = JSON.parse(file('results/methods/results.json')) as readonly SuiteResult[];

/** What an edit costs, each method in a process of its own. */
const costs = JSON.parse(file('results/methods/costs.json')) as readonly SuiteResult[];

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

const costsOf = (method: string): string[] => {
  const row = costs.flatMap(({ rows }) => rows).find((each) => each.method === method);
  return row === undefined ? ['-', '-', '-'] : costCells(row.cost);
};

/** Tables of the findings whose first line is like that, as their lines' cells. */
function shownTables(first: RegExp): string[][][] {
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const blocks = file('docs/findings.md')
    .split('\n\n')
    .filter((block) => first.test(block));
  return blocks.map((block) => block.split('\n').map(cells));
}

const scaling = readScaling(JSON.parse(file('results/methods/scaling.json')), 'scaling.json')!;

describe('the table of every method', () => {
  it('shows what results/methods/results.json has', () => {
    const tables = shownTables(/^\| (strict|paper) /);
    expect(tables.map(([heading]) => heading![0])).toEqual(['strict', 'paper']);
    for (const [heading, , ...lines] of tables) {
      const [protocol, ...names] = heading!;
      const of = (suite: string) =>
        results.find((each) => each.suite === suite && each.protocol === protocol)!;
      const rows = of('counterfact').rows.map(({ method }) => [
        method,
        ...names.flatMap((name) => {
          const [suite, metric] = columns[name] ?? [];
          if (suite === undefined) return [];
          const { value } = of(suite).rows.find((row) => row.method === method)!.metrics[metric!]!;
          return [value === null ? 'n = 0' : formatShare(value)];
        }),
        ...(names.includes('s/edit') ? costsOf(method) : []),
      ]);
      expect(lines).toEqual(rows);
    }
  });

  it('has its intervals in results/methods/tables.md', () => {
    const tables = results.map((result) => markdownTable(result, { published: publishedFor(result.suite) }));
    expect(file('results/methods/tables.md')).toBe(tables.join('\n'));
  });
});

const tuning = JSON.parse(file('results/methods/tuning.json')) as readonly TuneResult[];

describe('the table of settings', () => {
  it('shows what results/methods/tuning.json has', () => {
    const [[, , ...lines]] = shownTables(/^\| method +\| best of nine /) as [string[][]];
    const score = ({ ranking, best }: TuneResult): string[] => {
      const own = ranking.find(({ setting }) => setting === undefined)!;
      return [formatShare(best.score), formatShare(own.score)];
    };
    expect(lines.map((line) => line.slice(0, 3))).toEqual(
      tuning.map((each) => [each.method, ...score(each)]),
    );
    for (const { tried, grid, ranking } of tuning) {
      expect(ranking).toHaveLength(tried + 1);
      expect(tried).toBe(Math.min(9, grid));
    }
  });
});

describe('the table by the number of live edits', () => {
  it('shows what results/methods/scaling.json has', () => {
    const [[heading, , ...lines], ...others] = shownTables(/^\| method +\| 1 live /) as [string[][]];
    expect(others).toEqual([]);
    expect(heading!.slice(1)).toEqual(scaling.live.map((live) => `${live.toLocaleString('en')} live`));
    const metrics = ['accuracy', 'generality', 'specificity'];
    const rows = scaling.results[0]!.rows.map(({ method }, at) => [
      method,
      ...scaling.results.map((result) =>
        metrics.map((metric) => formatShare(result.rows[at]!.metrics[metric]!.value!)).join(' / '),
      ),
    ]);
    expect(lines).toEqual(rows);
  });

  it('has its intervals in results/methods/scaling.md', () => {
    expect(file('results/methods/scaling.md')).toBe(renderMarkdown(tableOfScaling(scaling)));
  });
});

describe('single runs with settings of their own', () => {
  const share = (name: string, suite: string, metric: string): string => {
    const read = JSON.parse(file(`results/methods/${name}.json`)) as SuiteResult | readonly SuiteResult[];
    const result = [read].flat().find((each) => each.suite === suite && each.protocol === 'paper')!;
    return formatShare(result.rows[0]!.metrics[metric]!.value!);
  };
  const findings = file('docs/findings.md').replace(/\s+/g, ' ');

  it('are told as their files have them', () => {
    const lambda = (suite: string, metric: string): string => share('memit-lambda-500', suite, metric);
    const published = share('actadd-published-form', 'counterfact', 'accuracy');
    expect(findings).toContain(
      `\`memit\` has ${lambda('counterfact', 'accuracy')} in accuracy and ${lambda('counterfact', 'generality')} in generality`,
    );
    expect(findings).toContain(
      `of which CI ${lambda('popular', 'compositionalityI')}, SA ${lambda('popular', 'subjectAliasing')}, RS ${lambda('popular', 'relationSpecificity')}.`,
    );
    expect(findings).toContain(`(on the test split ${published} % of requests:`);
  });
});
