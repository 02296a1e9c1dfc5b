import type { Interval, MetricColumn } from '@sakejs/evaluation';
import { formatCount, formatInterval, formatValue } from '../html/format-value.js';
import { html, type Markup } from '../html/html.js';
import type { Measured } from '../input/report-input.js';
import type { Standing } from './best-methods.js';

const marks: Readonly<Record<Standing, Markup>> = {
  best: html`<span class="mark" aria-hidden="true">★</span><span class="hidden">best, </span>`,
  tied: html`<span class="mark" aria-hidden="true">☆</span
    ><span class="hidden">not told from the best, </span>`,
};

/** A value over its interval and n, with a bar for shares. */
export function metricCell(
  measured: Measured | undefined,
  unit: MetricColumn['unit'] = 'share',
  standing?: Standing,
): Markup {
  if (measured === undefined) return html`<td class="figure"><span class="faint">–</span></td>`;
  const { value, interval, n } = measured;
  if (value === null) return html`<td class="figure"><span class="faint">n = 0</span></td>`;
  return html`<td class="figure${standing === undefined ? '' : ` ${standing}`}">
    <span class="value">${standing !== undefined && marks[standing]}${formatValue(value, unit)}</span>
    ${unit === 'share' && interval !== null && intervalBar(value, interval)}
    <span class="spread">${interval === null ? 'no interval' : formatInterval(interval, unit)}</span>
    <span class="spread">n ${formatCount(n)}</span>
  </td>`;
}

/** Where a share and its interval lie between 0 and 1. */
function intervalBar(value: number, [low, high]: Interval): Markup {
  const percent = (share: number): string => `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;
  const style = `--value:${percent(value)};--low:${percent(low)};--reach:${percent(high - low)}`;
  return html`<span class="bar" style="${style}" aria-hidden="true"></span>`;
}
