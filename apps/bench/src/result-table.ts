import {
  costCells,
  costHeadings,
  formatShare,
  liveEdits,
  tableNumber,
  unitName,
  type MetricColumn,
  type MetricValue,
  type SuiteResult,
} from '@sakejs/evaluation';
import { formatTable } from '@sakejs/terminal';

const percent = (value: number | null): string => (value === null ? '-' : formatShare(value));

const shown = (value: number, { unit }: MetricColumn): string => tableNumber(value, unit);

const heading = ({ name, unit }: MetricColumn): string => `${name} ${unitName(unit)}`;

function cell({ value, n, interval }: MetricValue, column: MetricColumn): string {
  return value === null || interval === null
    ? 'n = 0'
    : `${shown(value, column)} [${shown(interval[0], column)}, ${shown(interval[1], column)}] n=${n}`;
}

/** A result as text: its circumstances, the table in per cent, paired differences, warnings. */
export function resultTable(result: SuiteResult): string {
  const { modelInfo, data, prompts } = result;
  return [
    `${result.title}, ${result.protocol} protocol, ${liveEdits(result.protocolSettings)}: ${result.edits} edits, ${prompts.count} ${prompts.source} prompts each, seed ${result.seed}`,
    `model ${result.model} (${modelInfo.family}, ${modelInfo.layers} x ${modelInfo.hiddenSize}, sha256 ${modelInfo.sha256.slice(0, 12)}), records ${data.name} (sha256 ${data.sha256.slice(0, 12)})`,
    '',
    mainTable(result),
    ...scorerTable(result),
    ...(result.comparisons.length > 0 ? ['', comparisonTable(result)] : []),
    ...leftOut(result),
    ...warnings(result),
    ...errors(result),
  ].join('\n');
}

function mainTable({ rows, columns }: SuiteResult): string {
  return formatTable(
    ['method', ...columns.map(heading), 'edits', ...costHeadings, 'seconds'],
    rows.map(({ method, metrics, learned, seconds, cost }) => [
      method,
      ...columns.map((column) => cell(metrics[column.name]!, column)),
      String(learned),
      ...costCells(cost),
      seconds.toFixed(1),
    ]),
  );
}

/** First token, whole object, P(new) against P(true), and where another record's edit fired. */
function scorerTable({ rows, columns }: SuiteResult): string[] {
  const scored = columns.filter(({ name }) =>
    rows.some(({ metrics }) => metrics[name]!.scorers.firstToken !== null),
  );
  if (scored.length === 0) return [];
  return [
    '',
    "first token / whole object / probability, % | another record's edit fired, %",
    formatTable(
      ['method', ...scored.map(({ name }) => name)],
      rows.map(({ method, metrics }) => [
        method,
        ...scored.map(({ name }) => {
          const { scorers, fired } = metrics[name]!;
          const { firstToken, wholeObject, probability } = scorers;
          return `${percent(firstToken)} / ${percent(wholeObject)} / ${percent(probability)} | ${percent(fired.other)}`;
        }),
      ]),
    ),
  ];
}

function comparisonTable({ comparisons, columns }: SuiteResult): string {
  const pairs = [...new Set(comparisons.map(({ a, b }) => `${a} - ${b}`))];
  const compared = columns.filter(({ name }) => comparisons.some(({ metric }) => metric === name));
  return [
    'paired differences in points, 95 % interval by edit',
    formatTable(
      ['methods', ...compared.map(({ name }) => name)],
      pairs.map((pair) => [
        pair,
        ...compared.map((column) => {
          const found = comparisons.find(
            ({ a, b, metric }) => `${a} - ${b}` === pair && metric === column.name,
          );
          return found
            ? `${shown(found.difference, column)} [${shown(found.interval[0], column)}, ${shown(found.interval[1], column)}]`
            : 'n = 0';
        }),
      ]),
    ),
  ].join('\n');
}

/** What each method leaves out; one line where all leave out the same. */
function leftOut({ rows }: SuiteResult): string[] {
  const lines = rows.map(({ filtered }) =>
    Object.entries(filtered)
      .filter(([, count]) => count > 0)
      .map(([reason, count]) => `${count} (${reason})`)
      .join(', '),
  );
  if (lines.every((line) => line === '')) return [];
  if (lines.every((line) => line === lines[0])) return ['', `left out: ${lines[0]!}`];
  return ['', ...rows.map(({ method }, index) => `left out, ${method}: ${lines[index] || 'nothing'}`)];
}

function warnings({ rows }: SuiteResult): string[] {
  const methods = new Map<string, string[]>();
  for (const { method, warnings: all } of rows)
    for (const warning of all) methods.set(warning, [...(methods.get(warning) ?? []), method]);
  return [...methods].flatMap(([warning, of]) => [
    '',
    `warning (${of.length === rows.length ? 'every method' : of.join(', ')}): ${warning}`,
  ]);
}

function errors({ rows }: SuiteResult): string[] {
  return rows.flatMap(({ method, errors: all }) =>
    all.length === 0
      ? []
      : [
          '',
          `${all.length} units of ${method} failed and count as failures; the first, ${all[0]!.what} ${all[0]!.case}: ${all[0]!.message}`,
        ],
  );
}
