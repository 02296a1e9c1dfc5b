import { createHash } from 'node:crypto';
import { asset } from '../asset.js';
import { html, Markup } from './html.js';

/** Parts of a page below its heading. */
export interface PagePart {
  /** Id of the part's section. */
  readonly id: string;
  readonly label: string;
  readonly content: Markup;
}

export interface Page {
  readonly title: string;
  /** A line beneath the title. */
  readonly subtitle: string;
  readonly parts: readonly PagePart[];
}

/**
 * A whole HTML file that asks the network for nothing.
 *
 * Its content policy forbids every fetch and every script but the two it carries, which are named by their hashes.
 */
export function page({ title, subtitle, parts }: Page): string {
  const theme = asset('theme.js');
  const viewer = asset('viewer.js');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src ${[theme, viewer].map(hashSource).join(' ')}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>
          ${new Markup(asset('report.css'))}
        </style>
        ${script(theme)}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <div class="heading">
            <h1>${title}</h1>
            <button type="button" id="theme" hidden>Theme: auto</button>
          </div>
          <p>${subtitle}</p>
          <nav aria-label="Parts of the report">
            <ul>
              ${parts.map(({ id, label }) => html`<li><a href="#${id}">${label}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main id="content">${parts.map(({ content }) => content)}</main>
        ${script(viewer)}
      </body>
    </html> `.text;
}

/** Nothing may stand between the tags but what was hashed. */
const script = (text: string): Markup => new Markup(`<script>${text}</script>`);

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
