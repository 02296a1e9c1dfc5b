import { html, type Markup } from '../html/html.js';

/** A box that scrolls sideways by itself, by key too, so that the page never does. */
export function scroller(label: string, content: Markup): Markup {
  return html`<div class="scroller" role="region" aria-label="${label}" tabindex="0">${content}</div>`;
}
