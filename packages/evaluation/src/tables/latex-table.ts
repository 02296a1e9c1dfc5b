import type { SuiteResult } from '../runner/suite-result.js';
import {
  cellParts,
  columnN,
  unitName,
  type ReportCell,
  type ReportColumn,
  type ReportTable,
} from './report-table.js';
import { tableOfResult, type TableOptions } from './table-of-result.js';

const specials: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '…': '\\dots{}',
  // Braced, for a bracket behind `\\` would be taken for its argument.
  '[': '{[}',
  ']': '{]}',
  '"': '\\textquotedbl{}',
};

/** Text that LaTeX sets as it is, at the start of a row too; `"` takes the T1 encoding. */
export function escapeLatex(text: string): string {
  return text
    .replace(/[\\~^<>|…[\]"&%$#_{}]/g, (special) => specials[special] ?? `\\${special}`)
    .replace(/^\*/, '{*}')
    .replace(/\s+/g, ' ');
}

/** A result as a floating LaTeX table for the `booktabs` package; see {@link tableOfResult}. */
export function latexTable(result: SuiteResult, options: TableOptions = {}): string {
  return renderLatex(tableOfResult(result, options));
}

/** Writes a table in LaTeX; takes `\usepackage{booktabs}` and `\usepackage[T1]{fontenc}`. */
export function renderLatex({ name, caption, columns, rows }: ReportTable): string {
  const line = (cells: readonly string[]): string => `    ${cells.join(' & ')} \\\\`;
  const body = (published: boolean): string[] =>
    rows
      .filter((row) => (row.published !== undefined) === published)
      .map((row) =>
        line([
          escapeLatex(row.published === undefined ? row.label : `${row.label} (published, ${row.published})`),
          ...row.cells.map((cell, at) => latexCell(cell, columns[at]!)),
        ]),
      );
  const [ours, theirs] = [body(false), body(true)];
  return [
    '% needs \\usepackage{booktabs} and \\usepackage[T1]{fontenc}',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escapeLatex(caption.join(' '))}}`,
    `  \\label{tab:${name}}`,
    `  \\begin{tabular}{l${'r'.repeat(columns.length)}}`,
    '    \\toprule',
    line(['method', ...columns.map((column) => escapeLatex(column.name))]),
    line([
      '',
      ...columns.map(
        ({ unit, higherIsBetter }) =>
          `${escapeLatex(unitName(unit))} $\\${higherIsBetter ? 'uparrow' : 'downarrow'}$`,
      ),
    ]),
    line(['', ...columns.map((column) => `{\\footnotesize ${columnN(column)}}`)]),
    '    \\midrule',
    ...ours,
    ...(theirs.length > 0 ? ['    \\midrule', ...theirs] : []),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

function latexCell(cell: ReportCell | null, column: ReportColumn): string {
  if (cell === null) return '--';
  const { value, interval, n } = cellParts(cell, column);
  const set = value.startsWith('-') ? `$${value}$` : value;
  const small = [...(interval === undefined ? [] : [interval]), ...(n === undefined ? [] : [`(${n})`])];
  return [
    cell.best ? `\\textbf{${set}}` : set,
    ...(small.length > 0 ? [`{\\footnotesize ${small.join(' ')}}`] : []),
  ].join(' ');
}
