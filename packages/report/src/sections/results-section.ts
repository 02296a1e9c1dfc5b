import type { SuiteResult, SuiteRow } from '@sakejs/evaluation';
import { formatCount, metricLabel } from '../html/format-value.js';
import { html, type Markup } from '../html/html.js';
import type { PublishedTable } from '../input/report-input.js';
import { bestMethods } from './best-methods.js';
import { metricCell } from './metric-cell.js';
import { resultDetails } from './result-details.js';
import { scroller } from './scroller.js';

/** Every suite's table under every protocol. */
export function resultsSection(
  results: readonly SuiteResult[],
  published: readonly PublishedTable[] = [],
): Markup {
  return html`<section id="tables" aria-labelledby="tables-title">
    <h2 id="tables-title">Tables</h2>
    <p class="note">
      Each cell: the mean (shares in percent), its 95 % interval and the number of queries. ★ is the best of
      the methods that edit; ☆ is not told from it by the paired 95 % interval. ↑ more is better, ↓ less is
      better.
    </p>
    ${results.map((result) => resultTable(result, publishedFor(result, published)))}
  </section>`;
}

function publishedFor(result: SuiteResult, published: readonly PublishedTable[]): PublishedTable[] {
  return published.filter(
    ({ suite, protocol = result.protocol }) => suite === result.suite && protocol === result.protocol,
  );
}

function resultTable(result: SuiteResult, published: readonly PublishedTable[]): Markup {
  const { title, protocol, model, edits, columns, rows } = result;
  const caption = `${title}, ${protocol} protocol`;
  const standings = new Map(columns.map((column) => [column.name, bestMethods(result, column)]));
  const table = html`<table class="results">
    <caption>
      <span class="stay"
        >${title}
        <span class="tag">${protocol} protocol</span>
        <span class="faint">model ${model}, ${formatCount(edits)} edits</span></span
      >
    </caption>
    <thead>
      <tr>
        <th scope="col">method</th>
        ${columns.map(
          ({ name, higherIsBetter, unit }) =>
            html`<th scope="col" class="figure">
              ${metricLabel(name)} <span aria-hidden="true">${higherIsBetter ? '↑' : '↓'}</span
              ><span class="hidden">, ${higherIsBetter ? 'more' : 'less'} is better</span>${
                unit !== 'share' && html`<span class="faint"> ${unit}</span>`
              }
            </th>`,
        )}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ method, metrics }: SuiteRow) =>
          html`<tr>
            <th scope="row">${method}</th>
            ${columns.map(({ name, unit }) =>
              metricCell(metrics[name], unit, standings.get(name)?.get(method)),
            )}
          </tr>`,
      )}
    </tbody>
    ${published.map((each) => publishedRows(each, result))}
  </table>`;
  return html`<article class="card">${scroller(caption, table)}${resultDetails(result)}</article>`;
}

function publishedRows({ model, source, rows }: PublishedTable, { columns }: SuiteResult): Markup {
  return html`<tbody class="published">
    <tr>
      <th scope="rowgroup" colspan="${columns.length + 1}">
        <span class="stay">Published, another model: ${model} (${source})</span>
      </th>
    </tr>
    ${rows.map(
      ({ method, metrics }) =>
        html`<tr>
          <th scope="row">${method}</th>
          ${columns.map(({ name }) => {
            const value = metrics[name];
            return html`<td class="figure">
              ${value === undefined ? html`<span class="faint">–</span>` : html`<span class="value">${(100 * value).toFixed(2)}</span>`}
            </td>`;
          })}
        </tr>`,
    )}
  </tbody>`;
}
