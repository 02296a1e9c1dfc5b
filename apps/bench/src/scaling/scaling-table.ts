import {
  tableOfResult,
  type ReportColumn,
  type ReportRow,
  type ReportTable,
  type TableOptions,
} from '@sakejs/evaluation';
import type { ScalingResult } from './scaling-result.js';

/** Metrics by the number of live edits: a row a method and number. Edits are learned once, so costs stand with the first number. */
export function tableOfScaling(
  { asked, records, generated, live, results }: ScalingResult,
  options: Pick<TableOptions, 'metrics'> = {},
): ReportTable {
  const [first] = results;
  if (first === undefined) return { name: 'scaling', caption: [], columns: [], rows: [] };
  const tables = results.map((result) => tableOfResult(result, options));
  const { model, modelInfo, data, prompts } = first;
  return {
    name: `${first.suite}-scaling`,
    caption: [
      `${first.title} by the number of edits that are live: ${asked} cases asked, ${prompts.count} ${prompts.source} prompts each, seed ${first.seed}; beside them edits of ${records} further records and ${generated} generated requests.`,
      `Model ${model} (sha256 ${modelInfo.sha256.slice(0, 12)}), records ${data.name} (sha256 ${data.sha256.slice(0, 12)}).`,
      'Cells: mean [95 % interval].',
      ...notLearned(first),
    ],
    columns: tables[0]!.columns.map((column, at): ReportColumn => {
      const ns = tables.map(({ columns }) => columns[at]!.n);
      return {
        ...column,
        n: { least: Math.min(...ns.map((n) => n.least)), most: Math.max(...ns.map((n) => n.most)) },
      };
    }),
    rows: first.rows.flatMap((_, at) =>
      tables.map(({ rows }, index): ReportRow => {
        const { label, cells, cost } = rows[at]!;
        return {
          label: `${label}, ${live[index]!} live`,
          cells: cells.map((cell) => cell && { ...cell, best: false }),
          ...(index === 0 && cost && { cost }),
        };
      }),
    ),
  };
}

function notLearned({ rows, edits }: ScalingResult['results'][number]): string[] {
  return rows
    .filter(({ learned, cost }) => cost.seconds !== null && learned < edits)
    .map(({ method, learned }) => `${method}: ${edits - learned} of ${edits} edits could not be learned.`);
}
