import {
  cellParts,
  columnN,
  costColumns,
  scorerCaption,
  scorerText,
  unitName,
  type ReportTable,
} from '@sakejs/evaluation';
import { formatTable } from '@sakejs/terminal';

/** Writes a table for the terminal; the best value has a star. */
export function renderText({ caption, columns, rows, scorers }: ReportTable): string {
  const costs = costColumns(rows);
  return [
    [...caption, ...costs.caption].map((sentence) => sentence.replace(/^Bold:/, '*:')).join('\n'),
    '',
    formatTable(
      [
        'method',
        ...columns.map(
          (column) =>
            `${column.name}, ${unitName(column.unit)} ${column.higherIsBetter ? '↑' : '↓'} (${columnN(column)})`,
        ),
        ...costs.headings,
      ],
      rows.map((row) => [
        row.published === undefined ? row.label : `${row.label} (published, ${row.published})`,
        ...row.cells.map((cell, at) => {
          if (cell === null) return '-';
          const { value, interval, n } = cellParts(cell, columns[at]!);
          const parts = [cell.best ? `*${value}` : value, interval, n === undefined ? undefined : `(${n})`];
          return parts.filter((part) => part !== undefined).join(' ');
        }),
        ...costs.cells(row),
      ]),
    ),
    ...(scorers === undefined
      ? []
      : [
          '',
          scorerCaption,
          formatTable(
            ['method', ...scorers.columns],
            scorers.rows.map(({ label, cells }) => [label, ...cells.map(scorerText)]),
          ),
        ]),
    '',
  ].join('\n');
}
