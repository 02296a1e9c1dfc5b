import type { EditCost } from '../runner/suite-result.js';

/** Headings over {@link costCells}. */
export const costHeadings = ['s/edit', 'kB/edit', 'peak MiB'] as const;

/** Seconds to learn an edit, kilobytes that it is stored in, most MiB that learning one took; `-` where not measured. */
export function costCells({ seconds, bytes, memory }: EditCost): string[] {
  const cell = (value: number | null, digits: number): string =>
    value === null ? '-' : value.toFixed(digits);
  return [
    cell(seconds, 2),
    cell(bytes === null ? null : bytes / 1000, 0),
    cell(memory === null ? null : memory / 2 ** 20, 0),
  ];
}

/** How to read cost cells. */
export const costCaption =
  'Costs: seconds to learn an edit and kilobytes that it is stored in, means; growth of memory while one was learned, the largest.';

/** Whether there is anything to tell of what edits cost. */
export const anyCost = (rows: readonly { readonly cost?: EditCost }[]): boolean =>
  rows.some(({ cost }) => cost !== undefined && Object.values(cost).some((value) => value !== null));

/** Cost columns behind those of a table's metrics: none where nothing was measured. */
export interface CostColumns {
  readonly headings: readonly string[];
  /** `-` in published rows, which have no costs. */
  readonly cells: (row: { readonly cost?: EditCost }) => string[];
  /** A sentence more for the caption, where there are columns. */
  readonly caption: readonly string[];
}

/** The cost columns of a table with these rows. */
export function costColumns(rows: readonly { readonly cost?: EditCost }[]): CostColumns {
  if (!anyCost(rows)) return { headings: [], cells: () => [], caption: [] };
  return {
    headings: costHeadings,
    cells: ({ cost }) => (cost === undefined ? costHeadings.map(() => '-') : costCells(cost)),
    caption: [costCaption],
  };
}
