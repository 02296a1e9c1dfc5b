import { html, type Markup } from '../html/html.js';

/** A plot with its caption; without a plot it says that nothing has a value. */
export function figure(caption: string, plot: Markup | null): Markup {
  return html`<figure>
    <figcaption>${caption}</figcaption>
    ${plot ?? html`<p class="faint">no query has a value (n = 0)</p>`}
  </figure>`;
}
