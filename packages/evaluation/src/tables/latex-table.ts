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

/** Most columns of metrics that a page has room for, each with its interval. */
const MOST_COLUMNS = 5;

/**
 * Writes a table in LaTeX; takes `\usepackage{booktabs}` and `\usepackage[T1]{fontenc}`.
 *
 * One with more than five metrics becomes several floats of about as many columns each, labelled `-1`, `-2` and so on.
 */
export function renderLatex(table: ReportTable): string {
  const packages = '% needs \\usepackage{booktabs} and \\usepackage[T1]{fontenc}';
  const parts = partsOf(table);
  return [packages, ...parts.map(renderFloat), ''].join('\n');
}

/** The columns dealt out to as few tables as will do, evenly. */
function partsOf(table: ReportTable): ReportTable[] {
  const { name, caption, columns, rows } = table;
  const count = Math.ceil(columns.length / MOST_COLUMNS);
  if (count <= 1) return [table];
  return Array.from({ length: count }, (_, part) => {
    const from = Math.round((part * columns.length) / count);
    const to = Math.round(((part + 1) * columns.length) / count);
    const cut = rows.map((row) => ({ ...row, cells: row.cells.slice(from, to) }));
    return {
      name: `${name}-${part + 1}`,
      caption: [`Part ${part + 1} of ${count}.`, ...caption],
      columns: columns.slice(from, to),
      rows: cut.filter(
        ({ published, cells }) => published === undefined || cells.some((cell) => cell !== null),
      ),
    };
  });
}

function renderFloat({ name, caption, columns, rows }: ReportTable): string {
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
