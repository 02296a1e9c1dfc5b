import { dataBlock } from '../html/data-block.js';
import { html, type Markup } from '../html/html.js';
import type { ViewerData } from '../viewer/viewer-data.js';

const filters: readonly {
  readonly id: string;
  readonly label: string;
  readonly fixed?: readonly [string, string][];
}[] = [
  { id: 'suite', label: 'Suite' },
  { id: 'protocol', label: 'Protocol' },
  { id: 'model', label: 'Model' },
  { id: 'method', label: 'Method' },
  { id: 'metric', label: 'Metric' },
  {
    id: 'fired',
    label: 'Fired',
    fixed: [
      ['1', 'the own edit'],
      ['2', 'another edit'],
      ['0', 'none'],
    ],
  },
  {
    id: 'success',
    label: 'Result',
    fixed: [
      ['right', 'right'],
      ['wrong', 'wrong'],
      ['out', 'left out, or failed'],
    ],
  },
];

/** Every query of every method: searched, filtered, sorted and paged by the script of the page. */
export function viewerSection(data: ViewerData): Markup {
  return html`<section id="queries" aria-labelledby="queries-title">
    <h2 id="queries-title">Queries</h2>
    <noscript><p class="note">The viewer needs JavaScript; everything above does not.</p></noscript>
    <div id="viewer" class="card" hidden>
      <form id="viewer-form" role="search" aria-label="Queries">
        <label class="search"
          >Search prompts, answers and edits <span class="faint">(key /)</span>
          <input type="search" id="viewer-search" autocomplete="off" spellcheck="false" />
        </label>
        ${filters.map(
          ({ id, label, fixed = [] }) =>
            html`<label data-filter="${id}"
              >${label}
              <select id="viewer-${id}">
                <option value="">all</option>
                ${fixed.map(([value, text]) => html`<option value="${value}">${text}</option>`)}
              </select>
            </label>`,
        )}
        <label
          >Order
          <select id="viewer-order">
            <option value="">as run</option>
            <option value="near">nearest first</option>
            <option value="far">furthest first</option>
          </select>
        </label>
        <button type="reset">Clear</button>
      </form>
      <p class="status"><output id="viewer-count" aria-live="polite"></output></p>
      <table class="queries" role="table" aria-label="Queries found" aria-describedby="viewer-count">
        <thead role="rowgroup">
          <tr role="row">
            ${['Prompt', 'Answer', 'Result', 'Asked of', 'Gate'].map(
              (heading) => html`<th role="columnheader" scope="col">${heading}</th>`,
            )}
          </tr>
        </thead>
        <tbody id="viewer-rows" role="rowgroup"></tbody>
      </table>
      <nav class="pager" aria-label="Pages of queries">
        <button type="button" id="viewer-previous">Previous</button>
        <label>Page <input id="viewer-page" type="number" min="1" value="1" inputmode="numeric" /></label>
        <span>of <span id="viewer-pages">1</span></span>
        <button type="button" id="viewer-next">Next</button>
      </nav>
    </div>
    ${dataBlock('viewer-data', data)}
  </section>`;
}
