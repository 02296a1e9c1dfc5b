import { formatShare, type MetricValue } from '@sakejs/evaluation';
import { formatTable } from '@sakejs/terminal';
import type { CurveResult } from './run-curves.js';

function cell(metric: MetricValue | undefined): string {
  const { value = null, n = 0, interval = null } = metric ?? {};
  if (value === null || interval === null) return 'n = 0';
  return `${formatShare(value)} [${formatShare(interval[0])}, ${formatShare(interval[1])}] n=${n}`;
}

/** Curves as text: a row a point, in per cent; below, which points are of edits that were not learned, and why. */
export function curveTable({ model, data, edits, seed, points }: CurveResult): string {
  return [
    `accuracy and generality by number of prompts, paper protocol: ${edits} edits, nested subsets, seed ${seed}`,
    `model ${model.id} (sha256 ${model.sha256.slice(0, 12)}), records ${data.name} (sha256 ${data.sha256.slice(0, 12)})`,
    '',
    formatTable(
      ['source', 'prompts', 'method', 'accuracy %', 'generality %', 'specificity %', 'learned', 'seconds'],
      points.map(({ source, prompts, method, metrics, learned, seconds }) => [
        source,
        String(prompts),
        method,
        cell(metrics['accuracy']),
        cell(metrics['generality']),
        cell(metrics['specificity']),
        `${learned} of ${edits}`,
        seconds.toFixed(1),
      ]),
    ),
    ...points.flatMap(({ source, prompts, method, learned, notLearned }) =>
      notLearned === undefined
        ? []
        : [
            '',
            `${source} ${prompts} ${method}: ${edits - learned} of ${edits} edits could not be learned and count as unedited. The first: ${notLearned}`,
          ],
    ),
  ].join('\n');
}
