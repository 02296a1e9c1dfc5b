import { describe, expect, it } from 'vitest';
import { madeUpResult, single } from '../../test/suite-result.js';
import { escapeLatex, latexTable } from './latex-table.js';
import { publishedTables } from './published.js';

const passing = (count: number): number[] => Array.from({ length: 40 }, (_, at) => (at < count ? 1 : 0));
const result = madeUpResult({
  methods: {
    none: { doubtIndirect: single(passing(0)), doubtDirect: single(passing(0).map(() => null)) },
    sake_1: { doubtIndirect: single(passing(40)), doubtDirect: single(passing(39)) },
    'my & co': { doubtIndirect: single(passing(10)), doubtDirect: single(passing(38)) },
  },
  change: { suite: 'doubt', title: 'Robustness to doubt', protocol: 'strict live=own' },
});

describe('latexTable', () => {
  it('writes a booktabs table, ours above published numbers', () => {
    const published = publishedTables.filter(({ name }) => name === 'doubt');
    expect(latexTable(result, { published })).toMatchInlineSnapshot();
  });

  it('has no second rule without published rows, and as many cells as columns in every row', () => {
    const text = latexTable(result);
    expect(text.match(/\\midrule/g)).toHaveLength(1);
    const rows = text.split('\n').filter((line) => line.endsWith(' \\\\'));
    expect(rows).toHaveLength(6);
    for (const row of rows) expect(row.match(/(?<!\\)&/g)).toHaveLength(2);
  });
});

describe('escapeLatex', () => {
  it('escapes every special character', () => {
    expect(escapeLatex('\\ ~ ^ & % $ # _ { } < > | …')).toBe(
      '\\textbackslash{} \\textasciitilde{} \\textasciicircum{} \\& \\% \\$ \\# \\_ \\{ \\} \\textless{} \\textgreater{} \\textbar{} \\dots{}',
    );
  });

  it('keeps a row that begins with a bracket or star from being an argument of the line break', () => {
    expect(escapeLatex('[x] y')).toBe('{[}x{]} y');
    expect(escapeLatex('* x')).toBe('{*} x');
  });
});
