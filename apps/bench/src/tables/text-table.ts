import {
  cellParts,
  columnN,
  scorerCaption,
  scorerText,
  unitName,
  type ReportTable,
} from '@sakejs/evaluation';
import { formatTable } from '@sakejs/terminal';

/** Writes a table for the terminal; the best value has a star. */
export function renderText({ caption, columns, rows, scorers }: ReportTable): string {
  return [
    caption.map((sentence) => sentence.replace(/^Bold:/, '*:')).join('\n'),
    '',
    formatTable(
      ['method', ...columns.map((column) => `${column.name}, ${unitName(column.unit)} ${column.higherIsBetter ? '↑' : '↓'} (${columnN(column)})`)], // prettier-ignore
      rows.map(({ label, published, cells }) => [
        published === undefined ? label : `${label} (published, ${published})`,
        ...cells.map((cell, at) => {
          if (cell === null) return '-';
          const { value, interval, n } = cellParts(cell, columns[at]!);
          const parts = [cell.best ? `*${value}` : value, interval, n === undefined ? undefined : `(${n})`];
          return parts.filter((part) => part !== undefined).join(' ');
        }),
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
