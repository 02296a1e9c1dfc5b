import * as Plot from '@observablehq/plot';
import { formatValue } from '../html/format-value.js';
import type { Markup } from '../html/html.js';
import { draw, PLOT_WIDTH } from './draw.js';

/** An effect of one state. */
export interface HeatCell {
  /** Index among the rows. */
  readonly row: number;
  readonly layer: number;
  /** A difference of probabilities. */
  readonly value: number;
  /** What is said beside the value. */
  readonly note?: string;
}

/** Effects by place and block. */
export interface HeatMap {
  readonly name: string;
  /** Names of the rows, from the top. */
  readonly rows: readonly string[];
  readonly layers: number;
  readonly cells: readonly HeatCell[];
  /** The size of effect that has full colour. */
  readonly most: number;
}

/** Colours of what adds to the probability and of what takes from it; opacity says how much. */
const POSITIVE = 'var(--series-1)';
const NEGATIVE = 'var(--series-2)';

const ROW_HEIGHT = 22;
/** Characters of a row's name that are shown. */
const NAME_LENGTH = 21;
/** Most labels along the blocks. */
const TICKS = 12;

/** A heat map, rows by blocks; every cell says its figure. */
export function traceHeatMap({ name, rows, layers, cells, most }: HeatMap): Markup {
  const blocks = Array.from({ length: layers }, (_, layer) => layer);
  const step = Math.ceil(layers / TICKS);
  const shown = cells.map(({ row, layer, value, note }) => ({
    ...{ row, layer, value },
    size: most === 0 ? 0 : Math.min(1, Math.abs(value) / most),
    title: `${rows[row]!}, block ${layer}: ${formatValue(value)}${note === undefined ? '' : ` ${note}`}`,
  }));
  const largest = [...cells].sort((a, b) => b.value - a.value)[0];
  const at =
    largest &&
    `; the largest is ${formatValue(largest.value)} at ${rows[largest.row]!}, block ${largest.layer}`;
  const marks = [POSITIVE, NEGATIVE].map((fill) =>
    Plot.cell(
      shown.filter(({ value }) => value < 0 === (fill === NEGATIVE)),
      { x: 'layer', y: 'row', fill, fillOpacity: 'size', title: 'title' },
    ),
  );
  return draw(`${name}: effects in percent by token and block${at ?? ''}`, {
    height: ROW_HEIGHT * rows.length + 44,
    marginTop: 4,
    marginBottom: 40,
    marginLeft: 136,
    opacity: { domain: [0, 1], range: [0, 1] },
    x: {
      type: 'band',
      domain: blocks,
      ticks: blocks.filter((layer) => layer % step === 0),
      padding: 0.04,
      label: 'block',
      labelAnchor: 'center',
      labelArrow: 'none',
    },
    y: {
      type: 'band',
      domain: [...rows.keys()],
      tickFormat: (row: number) => shortened(rows[row]!),
      tickSize: 0,
      padding: 0.06,
      label: null,
    },
    marks: [Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.2 }), ...marks],
  });
}

/** What colours mean: from the largest effect that takes away to the largest that adds. */
export function heatScale(most: number): Markup {
  const steps = Array.from({ length: 13 }, (_, i) => (i - 6) / 6);
  const half = (fill: string, own: readonly number[]) =>
    Plot.cell(own, { x: (v: number) => v, fill, fillOpacity: (v: number) => Math.abs(v) });
  return draw(`Colours from ${formatValue(-most)} to ${formatValue(most)} percent`, {
    height: 40,
    width: PLOT_WIDTH,
    marginTop: 4,
    marginBottom: 22,
    marginLeft: 136,
    opacity: { domain: [0, 1], range: [0, 1] },
    x: {
      type: 'band',
      domain: steps,
      ticks: [-1, 0, 1],
      tickFormat: (v: number) => `${formatValue(v * most)} %`,
      padding: 0.04,
      label: null,
    },
    marks: [
      half(
        NEGATIVE,
        steps.filter((v) => v < 0),
      ),
      half(
        POSITIVE,
        steps.filter((v) => v >= 0),
      ),
    ],
  });
}

function shortened(name: string): string {
  const all = [...name];
  return all.length > NAME_LENGTH ? `${all.slice(0, NAME_LENGTH - 1).join('')}…` : name;
}
