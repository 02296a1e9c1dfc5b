import * as Plot from '@observablehq/plot';
import { formatFigures, formatInterval, formatValue, metricLabel } from '../html/format-value.js';
import type { Markup } from '../html/html.js';
import type { Ablation, Measured } from '../input/report-input.js';
import { draw } from './draw.js';
import { seriesScales, seriesStyle } from './series-style.js';
import { areShares, valueScale } from './share-axis.js';

/** A point of one metric, as marks take it. */
interface Dot {
  readonly label: string;
  readonly x: number;
  readonly series: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly title: string;
}

/** Series of an ablation in order of their first point. */
export function ablationSeries({ points }: Ablation): string[] {
  return [...new Set(points.map(({ series }) => series))];
}

/** Metrics of an ablation in order of their first point. */
export function ablationMetrics({ points }: Ablation): string[] {
  return [...new Set(points.flatMap(({ metrics }) => Object.keys(metrics)))];
}

/** One metric of an ablation, with whiskers for the intervals; null where no point has a value. */
export function ablationPlot(ablation: Ablation, metric: string): Markup | null {
  const dots = dotsOf(ablation, metric);
  if (dots.length === 0) return null;
  const kind = ablation.axis === 'number' ? 'lines' : 'dots with a row a setting';
  const description = `${ablation.title}: ${metricLabel(metric)}, ${kind}, ${dots.map(({ title }) => title).join('; ')}`;
  return draw(description, ablation.axis === 'number' ? lines(ablation, dots) : strips(ablation, dots));
}

function lines(ablation: Ablation, dots: readonly Dot[]): Plot.PlotOptions {
  const names = ablationSeries(ablation);
  const places = [...new Set(dots.map(({ x }) => x))].sort((a, b) => a - b);
  const [least, most] = [places[0]!, places.at(-1)!];
  const logarithmic = least > 0 && most / least > 30;
  const many = names.length > 6;
  return {
    height: many ? 330 : 230,
    x: {
      type: logarithmic ? 'log' : 'linear',
      ...(places.length <= 7 && { ticks: places }),
      tickFormat: formatFigures,
      label: null,
      inset: many ? 24 : 10,
    },
    y: { ...valueScale(dots.map(asMeasured)), grid: true } as Plot.ScaleOptions,
    marks: names.map((name, at) => {
      const own = dots.filter(({ series }) => series === name).sort((a, b) => a.x - b.x);
      // Not by a scale: a series may be called `none`, which Plot would take for a colour.
      const { color, symbol, dash } = seriesStyle(at);
      // Beside each other, so that whiskers of many do not hide each other.
      const dx = many ? 2.4 * (at - (names.length - 1) / 2) : 0;
      return [
        Plot.line(own, { x: 'x', y: 'value', dx, stroke: color, strokeWidth: 2, strokeDasharray: dash }),
        Plot.ruleX(own, { x: 'x', y1: 'low', y2: 'high', dx, stroke: color, strokeWidth: 1.5 }),
        Plot.dot(own, {
          x: 'x',
          y: 'value',
          dx,
          fill: color,
          symbol: symbol as Plot.Markish & string,
          r: 4,
          title: 'title',
        }),
      ];
    }),
  };
}

function strips(ablation: Ablation, dots: readonly Dot[]): Plot.PlotOptions {
  const names = ablationSeries(ablation);
  const labels = [...new Set(dots.map(({ label }) => label))];
  const head = 18; // px above each facet's dots, where its label stands
  const facet = head + 14 * names.length + 12;
  return {
    height: facet * labels.length + 34,
    marginLeft: 14,
    marginTop: 4,
    ...seriesScales(names),
    x: { ...valueScale(dots.map(asMeasured)), grid: true } as Plot.ScaleOptions,
    y: { axis: null, domain: names, insetTop: head, insetBottom: 9 },
    fy: { axis: null, domain: labels, padding: 0.04 },
    marks: [
      Plot.text(labels, {
        fy: (label: string) => label,
        text: (label: string) => (label.length > 48 ? `${label.slice(0, 47)}…` : label),
        frameAnchor: 'top-left',
        dy: 2,
        fontWeight: 600,
      }),
      Plot.ruleY(dots, { fy: 'label', y: 'series', x1: 'low', x2: 'high', stroke: 'series', strokeWidth: 2 }),
      Plot.dot(dots, {
        fy: 'label',
        y: 'series',
        x: 'value',
        fill: 'series',
        symbol: 'series',
        r: 4.5,
        title: 'title',
      }),
    ],
  };
}

function dotsOf({ points }: Ablation, metric: string): Dot[] {
  const shares = areShares(points.flatMap(({ metrics }) => metrics[metric] ?? []));
  const unit = shares ? 'share' : 'nats';
  return points.flatMap(({ label, x, series, metrics }) => {
    const { value = null, interval = null, n = 0 } = metrics[metric] ?? {};
    if (value === null) return [];
    const [low, high] = interval ?? [value, value];
    const range = interval === null ? '' : ` [${formatInterval(interval, unit)}]`;
    const title = `${series}, ${label}: ${formatValue(value, unit)}${range}, n = ${n}`;
    return [{ label, x: x ?? 0, series, value, low, high, title }];
  });
}

function asMeasured({ value, low, high }: Dot): Measured {
  return { value, interval: [low, high], n: 1 };
}
