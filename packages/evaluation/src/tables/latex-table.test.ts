import { describe, expect, it } from 'vitest';
import { madeUpResult, single } from '../../test/suite-result.js';
import { escapeLatex, latexTable } from './latex-table.js';
import { publishedTables, type PublishedTable } from './published.js';

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
    expect(latexTable(result, { published })).toMatchInlineSnapshot(`
      "% needs \\usepackage{booktabs} and \\usepackage[T1]{fontenc}
      \\begin{table}
        \\centering
        \\caption{Robustness to doubt, strict live=own protocol (all edits live): 40 edits, 50 template prompts each, seed 7. Model m (llama, 2 x 16, sha256 eeeeeeeeeeee), records records (sha256 ffffffffffff). Cells: mean {[}95 \\% interval{]}. Bold: best of ours, where the paired interval to the next excludes 0. Published numbers are of another model under the publication's own protocol (GPT2-XL, 150 edits): Scialanga et al. (2025), \\textquotedbl{}SAKE: Steering Activations for Knowledge Editing\\textquotedbl{}, arXiv 2503.01751.}
        \\label{tab:doubt-strict-live-own}
        \\begin{tabular}{lrr}
          \\toprule
          method & doubtIndirect & doubtDirect \\\\
           & \\% $\\uparrow$ & \\% $\\uparrow$ \\\\
           & {\\footnotesize n = 40} & {\\footnotesize n = 0 to 40} \\\\
          \\midrule
          none & 0.0 {\\footnotesize [0.0, 8.8]} & n = 0 \\\\
          sake\\_1 & \\textbf{100.0} {\\footnotesize [91.2, 100.0]} & 97.5 {\\footnotesize [92.5, 100.0] (n = 40)} \\\\
          my \\& co & 25.0 {\\footnotesize [12.5, 40.0]} & 95.0 {\\footnotesize [87.5, 100.0] (n = 40)} \\\\
          \\midrule
          ROME (published, GPT2-XL) & 33.3 & 14.0 \\\\
          ICL (published, GPT2-XL) & 4.0 & 3.3 \\\\
          ActAdd (published, GPT2-XL) & 82.0 & 80.7 \\\\
          SAKE (published, GPT2-XL) & 98.7 & 98.7 \\\\
          \\bottomrule
        \\end{tabular}
      \\end{table}
      "
    `);
  });

  it('has no second rule without published rows, and as many cells as columns in every row', () => {
    const text = latexTable(result);
    expect(text.match(/\\midrule/g)).toHaveLength(1);
    const rows = text.split('\n').filter((line) => line.endsWith(' \\\\'));
    expect(rows).toHaveLength(6);
    for (const row of rows) expect(row.match(/(?<!\\)&/g)).toHaveLength(2);
  });
});

describe('renderLatex', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'];
  const wide = madeUpResult({
    methods: { none: Object.fromEntries(names.map((name) => [name, single(passing(20))])) },
    columns: names.map((name) => ({ name, higherIsBetter: true, unit: 'share' })),
    change: { suite: 'doubt', protocol: 'paper' },
  });

  it('deals the columns of a wide table out to tables of at most five', () => {
    const tables = latexTable(wide).split('\\end{table}').slice(0, -1);
    const columnsOf = (text: string): string[] => /method & (.*) \\\\/.exec(text)![1]!.split(' & ');
    expect(tables.map(columnsOf)).toEqual([
      ['a', 'b', 'c', 'd'],
      ['e', 'f', 'g'],
      ['h', 'i', 'j', 'k'],
    ]);
    expect(tables.map((text) => /label\{(.*)\}/.exec(text)![1])).toEqual([
      'tab:doubt-paper-1',
      'tab:doubt-paper-2',
      'tab:doubt-paper-3',
    ]);
    tables.forEach((text, at) => expect(text).toContain(`\\caption{Part ${at + 1} of 3. `));
  });

  it('leaves published rows out of a part of which they say nothing', () => {
    const published: PublishedTable[] = [
      {
        name: 'doubt',
        suite: 'doubt',
        title: 'T',
        model: 'M',
        edits: 1,
        source: 'S.',
        rows: [{ method: 'ROME', values: { k: 0.5 } }],
      },
    ];
    const tables = latexTable(wide, { published }).split('\\end{table}').slice(0, -1);
    expect(tables.map((text) => text.includes('ROME'))).toEqual([false, false, true]);
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
