import { scorerCaption, scorerTable, scorerText, type SuiteResult } from '@sakejs/evaluation';
import {
  formatCount,
  formatFigures,
  formatInterval,
  formatValue,
  metricLabel,
} from '../html/format-value.js';
import { html, type Insert, type Markup } from '../html/html.js';
import { scroller } from './scroller.js';

/** What a table leaves unsaid: errors first and open, the rest folded. */
export function resultDetails(result: SuiteResult): Markup {
  return html`${errors(result)}${warnings(result)}
    <div class="folds">
      ${scorers(result)}${costs(result)}${firings(result)}${comparisons(result)}${filters(result)}${settings(result)}
    </div>`;
}

function errors({ rows }: SuiteResult): Markup | null {
  const failed = rows.flatMap(({ method, errors }) => errors.map((error) => ({ method, ...error })));
  if (failed.length === 0) return null;
  const shown = failed.slice(0, 50);
  return html`<details class="alert">
    <summary>Work failed, its queries count as failures: ${formatCount(failed.length)}</summary>
    <ul>
      ${shown.map(
        (error) =>
          html`<li>
            <b>${error.method}</b>, ${error.case}, ${error.what}: <code>${error.code}</code> ${error.message}
          </li>`,
      )}
      ${failed.length > shown.length && html`<li>and ${formatCount(failed.length - shown.length)} more</li>`}
    </ul>
  </details>`;
}

function warnings({ rows }: SuiteResult): Markup | null {
  const all = rows.flatMap(({ method, warnings }) => warnings.map((warning) => ({ method, warning })));
  if (all.length === 0) return null;
  return fold(
    `Warnings: ${formatCount(all.length)}`,
    html`<ul>
      ${all.map(({ method, warning }) => html`<li><b>${method}</b>: ${warning}</li>`)}
    </ul>`,
  );
}

function scorers({ columns, rows }: SuiteResult): Markup | null {
  const table = scorerTable(
    columns,
    rows.map(({ method, metrics }) => ({ label: method, values: columns.map(({ name }) => metrics[name]!) })),
  );
  if (table === undefined) return null;
  return fold(
    'Scorers side by side',
    figures(
      scorerCaption,
      table.columns.map(metricLabel),
      table.rows.map(({ label, cells }) => ({ name: label, cells: cells.map(scorerText) })),
    ),
  );
}

function costs({ rows }: SuiteResult): Markup {
  return fold(
    'Cost',
    figures(
      'Cost of each method',
      ['edits learned', 'seconds an edit', 'kB an edit', 'peak MiB', 'seconds in all'],
      rows.map((row) => ({
        name: row.method,
        cells: [
          formatCount(row.learned),
          maybe(row.cost.seconds),
          maybe(row.cost.bytes === null ? null : row.cost.bytes / 1000),
          maybe(row.cost.memory === null ? null : row.cost.memory / 2 ** 20),
          formatFigures(row.seconds),
        ],
      })),
    ),
  );
}

function firings({ columns, rows }: SuiteResult): Markup | null {
  const gated = rows.filter(({ metrics }) =>
    Object.values(metrics).some(({ fired }) => (fired.own ?? 0) > 0 || (fired.other ?? 0) > 0),
  );
  if (gated.length === 0) return null;
  return fold(
    'Which edit fired',
    figures(
      'Share of queries on which the own edit, and another, fired, in percent',
      columns.map(({ name }) => metricLabel(name)),
      gated.map(({ method, metrics }) => ({
        name: method,
        cells: columns.map(({ name }) => {
          const fired = metrics[name]?.fired;
          if (fired === undefined || fired.own === null || fired.other === null) return '–';
          return `${formatValue(fired.own)} / ${formatValue(fired.other)}`;
        }),
      })),
    ),
  );
}

function comparisons({ columns, comparisons }: SuiteResult): Markup | null {
  if (comparisons.length === 0) return null;
  const units = new Map(columns.map(({ name, unit }) => [name, unit]));
  return fold(
    'Paired differences',
    figures(
      'Difference of two methods on the same queries, in the metric’s unit',
      ['metric', 'difference', '95 % interval', 'n'],
      comparisons.map(({ a, b, metric, difference, interval, n }) => {
        const unit = units.get(metric) ?? 'share';
        const told = interval[0] > 0 || interval[1] < 0;
        const value = formatValue(difference, unit);
        return {
          name: `${a} − ${b}`,
          cells: [
            metricLabel(metric),
            told ? html`<b>${value}</b>` : value,
            formatInterval(interval, unit),
            formatCount(n),
          ],
        };
      }),
    ),
  );
}

function filters({ rows }: SuiteResult): Markup | null {
  const reasons = [...new Set(rows.flatMap(({ filtered }) => Object.keys(filtered)))];
  if (reasons.length === 0) return null;
  return fold(
    'Queries left out',
    figures(
      'Queries left out of the means',
      rows.map(({ method }) => method),
      reasons.map((reason) => ({
        name: reason,
        cells: rows.map(({ filtered }) => formatCount(filtered[reason] ?? 0)),
      })),
    ),
  );
}

function settings({ protocolSettings, seed, data, prompts }: SuiteResult): Markup {
  const entries: readonly (readonly [string, string | number])[] = [
    ['data', `${data.name}, ${formatCount(data.records)} records`],
    ['SHA-256', data.sha256],
    ['prompts', `${prompts.source}, ${prompts.count} an edit`],
    ['seed', seed],
    ...Object.entries(protocolSettings).map(([name, value]) => [metricLabel(name), String(value)] as const),
  ];
  return fold('Data and protocol', definitions(entries));
}

/** Names with their values. */
export function definitions(entries: readonly (readonly [string, string | number])[]): Markup {
  return html`<dl class="facts">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** A part that is folded away until asked for. */
export function fold(summary: string, content: Markup): Markup {
  return html`<details>
    <summary>${summary}</summary>
    ${content}
  </details>`;
}

/** A plain table of figures with a name at each row. */
export function figures(
  caption: string,
  headings: readonly string[],
  rows: readonly { readonly name: string; readonly cells: readonly Insert[] }[],
): Markup {
  return scroller(
    caption,
    html`<table class="plain">
      <caption>
        <span class="stay">${caption}</span>
      </caption>
      <thead>
        <tr>
          <td></td>
          ${headings.map((heading) => html`<th scope="col" class="figure">${heading}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ name, cells }) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${cells.map((cell) => html`<td class="figure">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

function maybe(value: number | null): string {
  return value === null ? '–' : formatFigures(value);
}
