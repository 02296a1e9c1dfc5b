import {
  tableNumber,
  unitName,
  type ComparedMetric,
  type ComparedTable,
  type ResultComparison,
} from '@sakejs/evaluation';
import { formatTable } from '@sakejs/terminal';

const HEADINGS = ['method', 'metric', 'n', 'a', 'b', 'b - a [95 %]', 'test', 'p', 'p, Holm', 'verdict on b'];

/** A comparison as text: a table for each suite and protocol with what its sides do not share. */
export function comparisonText({ tables, unmatched }: ResultComparison): string {
  return [
    ...tables.map(tableText),
    ...(unmatched.length > 0 ? [`in one file only: ${unmatched.join('; ')}`] : []),
  ].join('\n\n');
}

function tableText({ title, protocol, paired, differs, notes, rows }: ComparedTable): string {
  return [
    `${title}, ${protocol} protocol: b against a, ${paired ? 'on the same queries' : 'unpaired'}`,
    ...differs.map(({ what, a, b }) => `differs: ${what}: a ${shortened(a)}, b ${shortened(b)}`),
    ...notes.map((note) => `note: ${note}`),
    '',
    formatTable(
      HEADINGS,
      rows.flatMap(({ methodA, methodB, metrics }) =>
        metrics.map((metric) => [
          methodA === methodB ? methodA : `${methodA} -> ${methodB}`,
          ...cells(metric),
        ]),
      ),
    ),
  ].join('\n');
}

/** Enough of a hash to tell it from another. */
const shortened = (text: string): string => (/^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text);

function cells({
  metric,
  unit,
  n,
  a,
  b,
  difference,
  interval,
  test,
  p,
  adjustedP,
  verdict,
}: ComparedMetric): string[] {
  const number = (value: number | null): string => (value === null ? '-' : tableNumber(value, unit));
  const ends = interval === null ? '-' : `[${interval.map((end) => tableNumber(end, unit)).join(', ')}]`;
  return [
    `${metric}, ${unitName(unit)}`,
    String(n),
    number(a),
    number(b),
    difference === null ? 'n = 0' : `${number(difference)} ${ends}`,
    test ?? '-',
    probability(p),
    probability(adjustedP),
    verdict,
  ];
}

const probability = (p: number | null): string => (p === null ? '-' : p < 0.0001 ? '< 0.0001' : p.toFixed(4));
