import * as Plot from '@observablehq/plot';
import { html, type Markup } from '../html/html.js';
import { draw } from './draw.js';
import { seriesStyle } from './series-style.js';

/** Names beside the marks that stand for them. */
export function legend(names: readonly string[], line = false): Markup {
  return html`<ul class="legend">
    ${names.map((name, at) => html`<li><span aria-hidden="true">${swatch(name, at, line)}</span>${name}</li>`)}
  </ul>`;
}

/** The mark of the series at a place. */
export function swatch(name: string, at: number, line: boolean): Markup {
  const { color, symbol, dash } = seriesStyle(at);
  const size = { width: 26, height: 14, margin: 0, axis: null };
  const scales = { x: { domain: [0, 2], range: [0, 26] }, y: { domain: [0, 2], range: [14, 0] } };
  return draw(name, {
    ...size,
    ...scales,
    marginTop: 0,
    marginRight: 0,
    marginBottom: 0,
    marginLeft: 0,
    marks: line
      ? [Plot.ruleY([1], { stroke: color, strokeWidth: 2.5, strokeDasharray: dash })]
      : [Plot.dot([[1, 1]], { fill: color, symbol: symbol as Plot.Markish & string, r: 5 })],
  });
}
