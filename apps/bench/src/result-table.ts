import { counterFactMetrics, type CounterFactResult, type MetricValue } from '@sakejs/evaluation';
import { formatTable } from '@sakejs/terminal';

const percent = (value: number | null): string => (value === null ? '-' : (100 * value).toFixed(1));

function cell({ value, n, interval }: MetricValue): string {
  return interval === null
    ? 'n = 0'
    : `${percent(value)} [${percent(interval[0])}, ${percent(interval[1])}] n=${n}`;
}

/** A result as text: its circumstances, the table in per cent, paired differences, warnings. */
export function resultTable(result: CounterFactResult): string {
  const { modelInfo, data, prompts } = result;
  const protocol =
    result.protocol === 'paper' ? 'paper protocol, each edit alone' : 'strict protocol, all edits live';
  return [
    `CounterFact, ${protocol}: ${result.edits} edits, ${prompts.count} ${prompts.source} prompts each, seed ${result.seed}`,
    `model ${result.model} (${modelInfo.family}, ${modelInfo.layers} x ${modelInfo.hiddenSize}, sha256 ${modelInfo.sha256.slice(0, 12)}), records ${data.name} (sha256 ${data.sha256.slice(0, 12)})`,
    '',
    mainTable(result),
    '',
    scorerTable(result),
    ...(result.comparisons.length > 0 ? ['', comparisonTable(result)] : []),
    ...leftOut(result),
    ...warnings(result),
  ].join('\n');
}

function mainTable({ rows }: CounterFactResult): string {
  return formatTable(
    ['method', ...counterFactMetrics.map((metric) => `${metric} %`), 'edits', 'seconds'],
    rows.map(({ method, metrics, learned, seconds }) => [
      method,
      ...counterFactMetrics.map((metric) => cell(metrics[metric])),
      String(learned),
      seconds.toFixed(1),
    ]),
  );
}

/** First token, whole object, P(new) against P(true), and where another record's edit fired. */
function scorerTable({ rows }: CounterFactResult): string {
  return [
    "first token / whole object / probability, % | another record's edit fired, %",
    formatTable(
      ['method', ...counterFactMetrics],
      rows.map(({ method, metrics }) => [
        method,
        ...counterFactMetrics.map((metric) => {
          const { scorers, fired } = metrics[metric];
          const { firstToken, wholeObject, probability } = scorers;
          return `${percent(firstToken)} / ${percent(wholeObject)} / ${percent(probability)} | ${percent(fired.other)}`;
        }),
      ]),
    ),
  ].join('\n');
}

function comparisonTable({ comparisons }: CounterFactResult): string {
  const pairs = [...new Set(comparisons.map(({ a, b }) => `${a} - ${b}`))];
  return [
    'paired differences in points, 95 % interval by edit',
    formatTable(
      ['methods', ...counterFactMetrics],
      pairs.map((pair) => [
        pair,
        ...counterFactMetrics.map((metric) => {
          const found = comparisons.find(({ a, b, metric: of }) => `${a} - ${b}` === pair && of === metric);
          return found
            ? `${percent(found.difference)} [${percent(found.interval[0])}, ${percent(found.interval[1])}]`
            : 'n = 0';
        }),
      ]),
    ),
  ].join('\n');
}

/** Filters depend on the unedited model only: every row has the same. */
function leftOut({ rows }: CounterFactResult): string[] {
  const counted = Object.entries(rows[0]?.filtered ?? {}).filter(([, count]) => count > 0);
  return counted.length === 0
    ? []
    : ['', `left out: ${counted.map(([reason, count]) => `${count} (${reason})`).join(', ')}`];
}

function warnings({ rows }: CounterFactResult): string[] {
  const methods = new Map<string, string[]>();
  for (const { method, warnings: all } of rows)
    for (const warning of all) methods.set(warning, [...(methods.get(warning) ?? []), method]);
  return [...methods].flatMap(([warning, of]) => [
    '',
    `warning (${of.length === rows.length ? 'every method' : of.join(', ')}): ${warning}`,
  ]);
}
