import { describe, expect, it } from 'vitest';
import { madeUpResult, single } from '../../test/suite-result.js';
import type { EditCost } from '../runner/suite-result.js';
import { costCells, costColumns } from './cost-cells.js';
import { latexTable } from './latex-table.js';
import { markdownTable } from './markdown-table.js';
import { publishedTables } from './published.js';

const cost: EditCost = { seconds: 1.234, bytes: 433_400, memory: 3 * 2 ** 20 };
const unmeasured: EditCost = { seconds: null, bytes: null, memory: null };

/** Two methods, of which one edits nothing. */
const result = (sake: EditCost) => {
  const made = madeUpResult({
    methods: { none: { accuracy: single([0, 0]) }, sake: { accuracy: single([1, 1]) } },
  });
  return {
    ...made,
    rows: made.rows.map((row) => ({ ...row, cost: row.method === 'none' ? unmeasured : sake })),
  };
};

describe('costCells', () => {
  it('are seconds, kilobytes and MiB, or - where not measured', () => {
    expect(costCells(cost)).toEqual(['1.23', '433', '3']);
    expect(costCells({ ...cost, memory: null })).toEqual(['1.23', '433', '-']);
  });
});

describe('costColumns', () => {
  it('are none where nothing was measured', () => {
    expect(costColumns([{ cost: unmeasured }, {}]).headings).toEqual([]);
    expect(markdownTable(result(unmeasured))).not.toMatch(/kB|Costs/);
    expect(latexTable(result(unmeasured))).not.toMatch(/kB|Costs/);
  });

  it('stand behind the metrics in Markdown, empty in published rows', () => {
    const published = publishedTables.filter(({ name }) => name === 'counterfact');
    const text = markdownTable(result(cost), { published });
    expect(text).toMatch(/Costs: seconds .*\n\n\| method \| .* \| s\/edit \| kB\/edit \| peak MiB \|\n/);
    expect(text).toMatch(/\n\| none \| .* \| - \| - \| - \|\n\| sake \| .* \| 1\.23 \| 433 \| 3 \|\n/);
    expect(text).toMatch(/\n\| ROME \(published, GPT2-XL\) \| 99\.6 \| - \| - \| - \|\n/);
    const widths = text.split('\n').filter((line) => line.startsWith('|'));
    expect(new Set(widths.map((line) => line.split('|').length)).size).toBe(1);
  });

  it('are a float of their own in LaTeX, of our rows alone', () => {
    const published = publishedTables.filter(({ name }) => name === 'counterfact');
    const costs = latexTable(result(cost), { published }).split('\\begin{table}').at(-1)!;
    expect(costs).toMatch(/\\label\{tab:counterfact-strict-costs\}/);
    expect(costs).toContain('method & s/edit & kB/edit & peak MiB \\\\');
    expect(costs).toContain('sake & 1.23 & 433 & 3 \\\\');
    expect(costs).not.toContain('ROME');
  });
});
