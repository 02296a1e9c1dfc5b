import * as Plot from '@observablehq/plot';
import { formatFigures, formatValue } from '../html/format-value.js';
import type { Markup } from '../html/html.js';
import type { TradeoffPoint, TradeoffSeries } from '../input/report-input.js';
import { draw } from './draw.js';
import { seriesScales, seriesStyle } from './series-style.js';

/** Metrics of the trade-off, in the order of their styles. */
export const tradeoffMetrics = ['accuracy', 'generality', 'specificity'] as const;

/** The point at the method's own threshold: the last whose factor is at most 1. */
export function ownPoint({ points }: TradeoffSeries): TradeoffPoint {
  return points.findLast(({ threshold }) => threshold <= 1) ?? points[0]!;
}

/** One method's metrics against the factor on its threshold, its own threshold marked. */
export function tradeoffPlot(series: TradeoffSeries): Markup {
  const own = ownPoint(series);
  const at = tradeoffMetrics.map((metric) => `${metric} ${formatValue(own[metric])} %`).join(', ');
  const furthest = series.points.at(-1)!.threshold;
  return draw(`${series.method}: metrics against the threshold's factor; at its own threshold ${at}`, {
    height: 230,
    marginBottom: 38,
    x: {
      domain: [0, Math.max(1.2, furthest)],
      ticks: 5,
      label: 'factor on the threshold',
      labelAnchor: 'center',
      labelArrow: 'none',
    },
    y: { ...percent, label: null },
    marks: [
      Plot.ruleX([1], { stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '3 3' }),
      tradeoffMetrics.map((metric, rank) =>
        Plot.line(
          series.points.filter((point) => point[metric] !== null),
          {
            x: 'threshold',
            y: metric,
            curve: 'step-after',
            stroke: seriesStyle(rank).color,
            strokeWidth: 2,
            strokeDasharray: seriesStyle(rank).dash,
          },
        ),
      ),
    ],
  });
}

/** True against false positives of every method, a dot at each one's own threshold. */
export function rocPlot(tradeoff: readonly TradeoffSeries[]): Markup {
  const names = tradeoff.map(({ method }) => method);
  const areas = tradeoff.map(({ method, auc }) => `${method} ${formatFigures(auc)}`).join(', ');
  return draw(`True against false positives as the threshold rises; area under the curve: ${areas}`, {
    height: 360,
    marginBottom: 38,
    ...seriesScales(names),
    x: { ...percent, label: 'neighbours let in, %', labelAnchor: 'center', labelArrow: 'none' },
    y: { ...percent, label: null },
    marks: [
      Plot.line([0, 1], {
        x: (v: number) => v,
        y: (v: number) => v,
        stroke: 'currentColor',
        strokeOpacity: 0.35,
        strokeDasharray: '3 3',
      }),
      tradeoff.map(({ points }, rank) =>
        Plot.line(points, {
          x: 'falsePositiveRate',
          y: 'truePositiveRate',
          stroke: seriesStyle(rank).color,
          strokeWidth: 2,
          strokeDasharray: seriesStyle(rank).dash,
        }),
      ),
      Plot.dot(
        tradeoff.map((series) => ({ ...ownPoint(series), method: series.method })),
        { x: 'falsePositiveRate', y: 'truePositiveRate', fill: 'method', symbol: 'method', r: 5.5 },
      ),
    ],
  });
}

const percent = {
  domain: [0, 1],
  ticks: 5,
  tickFormat: (share: number): string => String(Math.round(100 * share)),
  grid: true,
};
