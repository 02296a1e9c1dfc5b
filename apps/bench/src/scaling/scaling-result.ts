import { costCells, costHeadings, formatShare, type SuiteResult } from '@sakejs/evaluation';
import type { ReportInput } from '@sakejs/report';
import { formatTable } from '@sakejs/terminal';

/** Metrics by the number of live edits; plain JSON. */
export interface ScalingResult {
  readonly kind: 'scaling';
  /** Cases that are asked, the same for every number of live edits. */
  readonly asked: number;
  /** Further edits that are records, and that were generated. */
  readonly records: number;
  readonly generated: number;
  /** Numbers of live edits, one a result. */
  readonly live: readonly number[];
  readonly results: readonly SuiteResult[];
}

/** A row a method and number of live edits, shares in per cent. */
export function scalingTable({ asked, records, generated, live, results }: ScalingResult): string {
  const [first] = results as readonly [SuiteResult];
  const { columns } = first;
  return [
    `${first.title} by number of live edits, ${asked} cases asked, seed ${first.seed}; beyond them edits of ${records} further records and ${generated} generated requests`,
    `model ${first.model} (sha256 ${first.modelInfo.sha256.slice(0, 12)}), records ${first.data.name} (sha256 ${first.data.sha256.slice(0, 12)})`,
    '',
    formatTable(
      ['method', 'live', ...columns.map(({ name }) => `${name} %`), 'learned', ...costHeadings],
      first.rows.flatMap(({ method }, at) =>
        results.map(({ rows }, index) => {
          const { metrics, learned, cost } = rows[at]!;
          return [
            method,
            String(live[index]!),
            ...columns.map(({ name }) => {
              const { value, interval, n } = metrics[name]!;
              return value === null || interval === null
                ? 'n = 0'
                : `${formatShare(value)} [${formatShare(interval[0])}, ${formatShare(interval[1])}] n=${n}`;
            }),
            String(learned),
            ...costCells(cost),
          ];
        }),
      ),
    ),
    ...notLearned(first),
  ].join('\n');
}

function notLearned({ rows, edits }: SuiteResult): string[] {
  return rows
    .filter(({ learned, cost }) => cost.seconds !== null && learned < edits)
    .map(({ method, learned }) => `${method}: ${edits - learned} of ${edits} edits could not be learned`);
}

/** A line a method over the number of live edits, as reports draw it. */
export function scalingPart({
  live,
  results,
}: Pick<ScalingResult, 'live' | 'results'>): NonNullable<ReportInput['ablations']>[number] {
  return {
    name: 'scaling',
    title: 'Metrics by number of live edits',
    axis: 'number',
    points: results.flatMap(({ rows }, index) =>
      rows.map(({ method, metrics }) => ({
        label: `${live[index]!} live`,
        x: live[index]!,
        series: method,
        metrics: Object.fromEntries(
          Object.entries(metrics).map(([name, { value, interval, n }]) => [name, { value, interval, n }]),
        ),
      })),
    ),
  };
}
