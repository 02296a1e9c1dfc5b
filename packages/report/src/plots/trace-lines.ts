import * as Plot from '@observablehq/plot';
import type { AverageEffect } from '@sakejs/evaluation';
import type { StateKind } from '@sakejs/spec';
import { formatFigures, formatInterval, formatValue } from '../html/format-value.js';
import type { Markup } from '../html/html.js';
import { draw } from './draw.js';
import { seriesScales, seriesStyle } from './series-style.js';

/** Average effects at one group of tokens by block, a line a kind, with whiskers for the intervals. */
export function traceLines(
  name: string,
  averages: readonly AverageEffect[],
  kinds: readonly { readonly kind: StateKind; readonly label: string }[],
): Markup {
  const dots = kinds.flatMap(({ kind, label }) =>
    averages
      .filter((one) => one.kind === kind)
      .map(({ layer, value, interval }) => {
        const [low, high] = interval ?? [value, value];
        const range = interval === null ? '' : ` [${formatInterval(interval)}]`;
        return {
          layer,
          label,
          value,
          low,
          high,
          title: `${label}, block ${layer}: ${formatValue(value)}${range}`,
        };
      }),
  );
  const labels = kinds.map(({ label }) => label);
  const layers = [...new Set(dots.map(({ layer }) => layer))];
  return draw(`${name}: average indirect effects in percent, ${dots.map(({ title }) => title).join('; ')}`, {
    height: 240,
    marginBottom: 38,
    ...seriesScales(labels),
    x: {
      ...(layers.length <= 12 && { ticks: layers }),
      tickFormat: formatFigures,
      label: 'block',
      labelAnchor: 'center',
      labelArrow: 'none',
      inset: 10,
    },
    y: {
      ticks: 5,
      tickFormat: (value: number) => String(Math.round(1000 * value) / 10),
      grid: true,
      label: null,
    },
    marks: [
      Plot.ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.4 }),
      labels.map((label, at) =>
        Plot.line(
          dots.filter((dot) => dot.label === label),
          {
            x: 'layer',
            y: 'value',
            stroke: seriesStyle(at).color,
            strokeWidth: 2,
            strokeDasharray: seriesStyle(at).dash,
          },
        ),
      ),
      Plot.ruleX(dots, { x: 'layer', y1: 'low', y2: 'high', stroke: 'label', strokeWidth: 1.5 }),
      Plot.dot(dots, { x: 'layer', y: 'value', fill: 'label', symbol: 'label', r: 4, title: 'title' }),
    ],
  });
}
