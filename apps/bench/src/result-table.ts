import { counterFactMetrics, type CounterFactResult, type MetricValue } from '@sakejs/evaluation';
import { formatTable } from '@sakejs/terminal';

const percent = (value: number): string => (100 * value).toFixed(1);

function cell({ value, n, interval }: MetricValue): string {
  return value === null || interval === null
    ? 'n = 0'
    : `${percent(value)} [${percent(interval[0])}, ${percent(interval[1])}] n=${n}`;
}

/** A result as text: its circumstances, the table in per cent, paired differences, warnings. */
export function resultTable(result: CounterFactResult): string {
  const { model, data, prompts, rows, comparisons } = result;
  const protocol =
    result.protocol === 'paper' ? 'paper protocol, each edit alone' : 'strict protocol, all edits live';
  const lines = [
    `CounterFact, ${protocol}: ${result.edits} edits, ${prompts.count} ${prompts.source} prompts each, seed ${result.seed}`,
    `model ${model.id} (${model.family}, ${model.layers} x ${model.hiddenSize}, sha256 ${model.sha256.slice(0, 12)}), records ${data.name} (sha256 ${data.sha256.slice(0, 12)})`,
    '',
    formatTable(
      ['method', ...counterFactMetrics.map((metric) => `${metric} %`), 'left out', 'seconds'],
      rows.map(({ method, metrics, filtered, seconds }) => [
        method,
        ...counterFactMetrics.map((metric) => cell(metrics[metric])),
        String(Object.values(filtered).reduce((a, b) => a + b, 0)),
        seconds.toFixed(1),
      ]),
    ),
  ];
  if (comparisons.length > 0)
    lines.push(
      '',
      'paired differences in points, 95 % interval by edit:',
      formatTable(
        ['methods', ...counterFactMetrics],
        [...new Set(comparisons.map(({ a, b }) => `${a} - ${b}`))].map((pair) => [
          pair,
          ...counterFactMetrics.map((metric) => {
            const found = comparisons.find((c) => `${c.a} - ${c.b}` === pair && c.metric === metric);
            return found
              ? `${percent(found.difference)} [${percent(found.interval[0])}, ${percent(found.interval[1])}]`
              : 'n = 0';
          }),
        ]),
      ),
    );
  const warnings = new Map<string, string[]>();
  for (const { method, warnings: all } of rows)
    for (const warning of all) warnings.set(warning, [...(warnings.get(warning) ?? []), method]);
  for (const [warning, methods] of warnings)
    lines.push(
      '',
      `warning (${methods.length === rows.length ? 'every method' : methods.join(', ')}): ${warning}`,
    );
  return lines.join('\n');
}
