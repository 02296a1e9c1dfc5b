import type { SuiteResult } from '../runner/suite-result.js';
import { costColumns } from './cost-cells.js';
import {
  cellParts,
  columnN,
  unitName,
  type ReportCell,
  type ReportColumn,
  type ReportTable,
} from './report-table.js';
import { scorerCaption, scorerText, type ScorerTable } from './scorer-table.js';
import { tableOfResult, type TableOptions } from './table-of-result.js';

/** Text that Markdown shows as it is, within a table too. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>|~&$]/g, '\\$&').replace(/\s+/g, ' ');
}

/** A result as a table in GitHub's Markdown, its caption above; see {@link tableOfResult}. */
export function markdownTable(result: SuiteResult, options: TableOptions = {}): string {
  return renderMarkdown(tableOfResult(result, options));
}

/** Writes a table in GitHub's Markdown. */
export function renderMarkdown({ caption, columns, rows, scorers }: ReportTable): string {
  const headings = columns.map(
    (column) =>
      `${escapeMarkdown(column.name)}, ${unitName(column.unit)} ${column.higherIsBetter ? '↑' : '↓'} (${columnN(column)})`,
  );
  const costs = costColumns(rows);
  return [
    escapeMarkdown([...caption, ...costs.caption].join(' ')),
    '',
    line(['method', ...headings, ...costs.headings]),
    line(['---', ...[...columns, ...costs.headings].map(() => '---:')]),
    ...rows.map((row) =>
      line([
        escapeMarkdown(
          row.published === undefined ? row.label : `${row.label} (published, ${row.published})`,
        ),
        ...row.cells.map((cell, at) => markdownCell(cell, columns[at]!)),
        ...costs.cells(row),
      ]),
    ),
    '',
    ...(scorers === undefined ? [] : scorerLines(scorers)),
  ].join('\n');
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function scorerLines({ columns, rows }: ScorerTable): string[] {
  return [
    escapeMarkdown(scorerCaption),
    '',
    line(['method', ...columns.map(escapeMarkdown)]),
    line(['---', ...columns.map(() => '---:')]),
    ...rows.map(({ label, cells }) => line([escapeMarkdown(label), ...cells.map(scorerText)])),
    '',
  ];
}

function markdownCell(cell: ReportCell | null, column: ReportColumn): string {
  if (cell === null) return '-';
  const { value, interval, n } = cellParts(cell, column);
  const parts = [cell.best ? `**${value}**` : value];
  if (interval !== undefined) parts.push(escapeMarkdown(interval));
  if (n !== undefined) parts.push(`(${n})`);
  return parts.join(' ');
}
