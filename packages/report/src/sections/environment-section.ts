import { html, type Markup } from '../html/html.js';
import type { ReportInput } from '../input/report-input.js';
import { definitions } from './result-details.js';

/** What the figures were measured with. */
export function environmentSection(
  environment: ReportInput['environment'],
  models: readonly string[],
): Markup {
  const entries: readonly [string, string][] = [
    ['models', [...new Set(models)].join(', ') || 'none'],
    ...Object.entries(environment).map(([name, value]) => [name, String(value)] as [string, string]),
  ];
  return html`<section id="environment" aria-labelledby="environment-title">
    <h2 id="environment-title">Environment</h2>
    <article class="card">${definitions(entries)}</article>
  </section>`;
}
