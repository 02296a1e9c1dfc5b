import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escapeText, Markup } from '../html/html.js';

/** Inner size of a plot's drawing; it is scaled to the column it stands in. */
export const PLOT_WIDTH = 360;

/**
 * A plot as static SVG, described for those who do not see it.
 *
 * Colours are left to the style sheet (`currentColor`, variables), and there is no script.
 */
export function draw(description: string, options: Plot.PlotOptions): Markup {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({
    width: PLOT_WIDTH,
    marginTop: 14,
    marginRight: 14,
    marginLeft: 40,
    style: { fontSize: '12px' },
    ...options,
    className: 'plot',
    document,
  }) as unknown as SvgNode;
  // One sheet styles every plot; Plot's own would be repeated in each of them.
  svg.querySelector('style')?.remove();
  // The serializer leaves & and < in attributes alone, so the only one that holds data is written here.
  const attributes = `role="img" aria-label="${escapeText(description)}"`;
  return new Markup(svg.outerHTML.replace('<svg', () => `<svg ${attributes}`));
}

/** What is used of the DOM here. */
interface SvgNode {
  readonly outerHTML: string;
  querySelector(selector: string): { remove(): void } | null;
}
