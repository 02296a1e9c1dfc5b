import type { SuiteResult } from '../runner/suite-result.js';
import { anyCost, costCaption, costCells, costHeadings } from './cost-cells.js';
import {
  cellParts,
  columnN,
  unitName,
  type ReportCell,
  type ReportColumn,
  type ReportTable,
} from './report-table.js';
import { scorerCaption, scorerText } from './scorer-table.js';
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
  return [packages, ...parts.map(renderFloat), ...scorerFloats(table), ...costFloat(table), ''].join('\n');
}

/** Columns dealt out to as few tables as will do, evenly: where each begins, and where it ends. */
function shares(columns: number): (readonly [from: number, to: number])[] {
  const count = Math.ceil(columns / MOST_COLUMNS);
  return Array.from({ length: count }, (_, part) => [
    Math.round((part * columns) / count),
    Math.round(((part + 1) * columns) / count),
  ]);
}

function partsOf(table: ReportTable): ReportTable[] {
  const { name, caption, columns, rows } = table;
  const parts = shares(columns.length);
  const count = parts.length;
  if (count <= 1) return [table];
  return parts.map(([from, to], part) => {
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

/** Our rows by each scorer, in floats of their own behind the table's. */
function scorerFloats({ name, caption, scorers }: ReportTable): string[] {
  if (scorers === undefined) return [];
  const { columns, rows } = scorers;
  const parts = shares(columns.length);
  return parts.map(([from, to], part) =>
    floatOf({
      name: parts.length === 1 ? `${name}-scorers` : `${name}-scorers-${part + 1}`,
      caption: [
        ...(parts.length === 1 ? [] : [`Part ${part + 1} of ${parts.length}.`]),
        ...caption.slice(0, 1),
        scorerCaption,
      ],
      columns: to - from,
      headings: [line(['method', ...columns.slice(from, to).map(escapeLatex)])],
      bodies: [
        rows.map(({ label, cells }) => line([escapeLatex(label), ...cells.slice(from, to).map(scorerText)])),
      ],
    }),
  );
}

/** What our rows' edits cost, in a float of its own; none where nothing was measured. */
function costFloat({ name, caption, rows }: ReportTable): string[] {
  const ours = rows.flatMap(({ label, cost }) => (cost === undefined ? [] : [{ label, cost }]));
  if (!anyCost(ours)) return [];
  return [
    floatOf({
      name: `${name}-costs`,
      caption: [...caption.slice(0, 1), costCaption],
      columns: costHeadings.length,
      headings: [line(['method', ...costHeadings])],
      bodies: [ours.map(({ label, cost }) => line([escapeLatex(label), ...costCells(cost)]))],
    }),
  ];
}

function renderFloat({ name, caption, columns, rows }: ReportTable): string {
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
  return floatOf({
    ...{ name, caption, columns: columns.length },
    headings: [
      line(['method', ...columns.map((column) => escapeLatex(column.name))]),
      line([
        '',
        ...columns.map(
          ({ unit, higherIsBetter }) =>
            `${escapeLatex(unitName(unit))} $\\${higherIsBetter ? 'uparrow' : 'downarrow'}$`,
        ),
      ]),
      line(['', ...columns.map((column) => `{\\footnotesize ${columnN(column)}}`)]),
    ],
    bodies: theirs.length > 0 ? [ours, theirs] : [ours],
  });
}

const line = (cells: readonly string[]): string => `    ${cells.join(' & ')} \\\\`;

interface Float {
  readonly name: string;
  readonly caption: readonly string[];
  /** Number of columns beside the rows' names. */
  readonly columns: number;
  readonly headings: readonly string[];
  /** Lines between rules. */
  readonly bodies: readonly (readonly string[])[];
}

function floatOf({ name, caption, columns, headings, bodies }: Float): string {
  return [
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escapeLatex(caption.join(' '))}}`,
    `  \\label{tab:${name}}`,
    `  \\begin{tabular}{l${'r'.repeat(columns)}}`,
    '    \\toprule',
    ...headings,
    ...bodies.flatMap((lines) => ['    \\midrule', ...lines]),
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
