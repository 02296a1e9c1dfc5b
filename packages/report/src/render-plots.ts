import { SakeError } from '@sakejs/spec';
import { asset } from './asset.js';
import { escapeText } from './html/html.js';
import { metricLabel } from './html/format-value.js';
import type { Ablation } from './input/report-input.js';
import { ablationMetrics, ablationPlot, ablationSeries } from './plots/ablation-plot.js';
import { PLOT_WIDTH } from './plots/draw.js';
import { swatch } from './plots/legend.js';

/** Pixels around and between panels. */
const GAP = 24;
const WIDTH = 2 * PLOT_WIDTH + 3 * GAP;
const LEGEND_COLUMNS = 5;
const LEGEND_ROW = 20;

/** Something at a place of its own, with what it takes of the page's height. */
interface Block {
  readonly height: number;
  readonly draw: (top: number) => string;
}

/**
 * Ablations as one SVG file, one below the other: title, the series' marks, a panel a metric, two in a row.
 *
 * Colours are the light ones of the reports, on white: the file is for documents that take pictures.
 *
 * @throws {SakeError} `invalid-input` without ablations.
 */
export function renderPlots(ablations: readonly Ablation[]): string {
  if (ablations.length === 0)
    throw new SakeError('invalid-input', 'renderPlots: expected at least one ablation, got none');
  const parts: string[] = [];
  let top = GAP;
  for (const block of ablations.flatMap(blocksOf)) {
    parts.push(block.draw(top));
    top += block.height;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" viewBox="0 0 ${WIDTH} ${top}">`,
    `<style>svg { color: ${colour('ink')}; font: 12px sans-serif; ${seriesColours()} }</style>`,
    `<rect width="${WIDTH}" height="${top}" fill="${colour('card')}"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function blocksOf(ablation: Ablation): Block[] {
  const panels = ablationMetrics(ablation).map((metric) => panel(ablation, metric));
  const rows = Array.from({ length: Math.ceil(panels.length / 2) }, (_, row) =>
    panels.slice(2 * row, 2 * row + 2),
  );
  return [
    { height: 28, draw: (top) => text(GAP, top + 14, ablation.title, 'font-size="16" font-weight="600"') },
    legendBlock(ablationSeries(ablation)),
    ...rows.map((row): Block => ({
      height: Math.max(...row.map(({ height }) => height)) + GAP,
      draw: (top) => row.map(({ draw }, at) => draw(GAP + at * (PLOT_WIDTH + GAP), top)).join('\n'),
    })),
  ];
}

function legendBlock(names: readonly string[]): Block {
  const width = Math.floor((WIDTH - 2 * GAP) / LEGEND_COLUMNS);
  return {
    height: Math.ceil(names.length / LEGEND_COLUMNS) * LEGEND_ROW + GAP,
    draw: (top) =>
      names
        .map((name, at) => {
          const x = GAP + (at % LEGEND_COLUMNS) * width;
          const y = top + Math.floor(at / LEGEND_COLUMNS) * LEGEND_ROW;
          return placed(swatch(name, at, false).text, x, y) + text(x + 28, y + 11, name);
        })
        .join('\n'),
  };
}

function panel(
  ablation: Ablation,
  metric: string,
): { readonly height: number; readonly draw: (left: number, top: number) => string } {
  const heading = 20;
  const plot = ablationPlot(ablation, metric)?.text;
  const height = plot === undefined ? heading : Number(/ height="(\d+)"/.exec(plot)![1]);
  return {
    height: heading + height,
    draw: (left, top) =>
      [
        text(left, top + 12, metricLabel(metric), 'font-weight="600"'),
        plot === undefined
          ? text(left, top + heading + 12, 'no query has a value (n = 0)')
          : placed(plot, left, top + heading),
      ].join('\n'),
  };
}

const text = (x: number, y: number, words: string, attributes: string = ''): string =>
  `<text x="${x}" y="${y}" fill="currentColor" ${attributes}>${escapeText(words)}</text>`;

/** A drawing within another one. */
const placed = (svg: string, x: number, y: number): string =>
  svg.replace('<svg', () => `<svg x="${x}" y="${y}"`);

/** A variable of the reports' style sheet, as it is in the light theme. */
function colour(name: string): string {
  return new RegExp(`--${name}: light-dark\\((#[0-9a-f]+),`).exec(asset('report.css'))![1]!;
}

const seriesColours = (): string =>
  [...asset('report.css').matchAll(/(--series-\d+): light-dark\((#[0-9a-f]+),/g)]
    .map(([, name, value]) => `${name}: ${value};`)
    .join(' ');
