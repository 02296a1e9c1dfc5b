import { relation } from '@sakejs/facts';
import type { BuiltTables } from './build-tables.js';
import type { MergedTable } from './merge-statements.js';

const columns = ['facts', 'objects', 'counterfact', 'leaks', 'settled', 'dropped', 'rejected'] as const;

/** The counts of a build as an aligned text table, with a total. */
export function formatReport({ tables, unresolvedRequests, unreadNeighbours }: BuiltTables): string {
  const counted = [...tables].map(([id, table]) => ({
    id,
    label: relation(id).label,
    counts: countTable(table),
  }));
  const total = columns.map((_, column) => counted.reduce((sum, { counts }) => sum + counts[column]!, 0));
  const width = Math.max(...counted.map(({ id }) => id.length));
  const line = (id: string, cells: readonly (string | number)[], label: string): string =>
    [id.padEnd(width), ...cells.map((cell) => String(cell).padStart(11)), ` ${label}`].join(' ').trimEnd();
  return [
    line('', columns, ''),
    ...counted.map(({ id, counts, label }) => line(id, counts, label)),
    line('total', total, ''),
    `CounterFact requests without a certain relation: ${unresolvedRequests}`,
    `neighbourhood prompts without a certain subject: ${unreadNeighbours}`,
  ].join('\n');
}

function countTable({ rows, rejected, conflictsSettled, conflictsDropped }: MergedTable): number[] {
  return [
    rows.length,
    new Set(rows.map(({ object }) => object)).size,
    rows.filter(({ sources }) => sources.includes('counterfact')).length,
    rows.filter(({ leaks }) => leaks).length,
    conflictsSettled,
    conflictsDropped,
    Object.values(rejected).reduce((sum, count) => sum + count, 0),
  ];
}
