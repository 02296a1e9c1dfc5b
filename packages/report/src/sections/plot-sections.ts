import { formatValue, metricLabel } from '../html/format-value.js';
import { html, type Markup } from '../html/html.js';
import type { Ablation, ActivationPicture, TradeoffSeries } from '../input/report-input.js';
import { ablationMetrics, ablationPlot, ablationSeries } from '../plots/ablation-plot.js';
import { activationGroups, activationPlot } from '../plots/activation-plot.js';
import { legend } from '../plots/legend.js';
import { ownPoint, rocPlot, tradeoffMetrics, tradeoffPlot } from '../plots/tradeoff-plot.js';
import { figure } from './figure.js';
import { metricCell } from './metric-cell.js';
import { figures, fold } from './result-details.js';
import { scroller } from './scroller.js';

/** A plot a metric for every ablation, and its figures as a table. */
export function ablationSection(ablations: readonly Ablation[]): Markup {
  return html`<section id="ablations" aria-labelledby="ablations-title">
    <h2 id="ablations-title">Ablations</h2>
    <p class="note">Whiskers are 95 % intervals; shares in percent.</p>
    ${ablations.map((ablation) => {
      const metrics = ablationMetrics(ablation);
      return html`<article class="card">
        <h3>${ablation.title}</h3>
        ${legend(ablationSeries(ablation))}
        <div class="plots">
          ${metrics.map((metric) => figure(metricLabel(metric), ablationPlot(ablation, metric)))}
        </div>
        ${fold('Figures', ablationTable(ablation, metrics))}
      </article>`;
    })}
  </section>`;
}

function ablationTable({ title, points }: Ablation, metrics: readonly string[]): Markup {
  return scroller(
    title,
    html`<table class="results">
      <caption>
        <span class="stay">${title}: figures</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">setting</th>
          <th scope="col">series</th>
          ${metrics.map((metric) => html`<th scope="col" class="figure">${metricLabel(metric)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${points.map(
          (point) =>
            html`<tr>
              <th scope="row">${point.label}</th>
              <td>${point.series}</td>
              ${metrics.map((metric) => metricCell(point.metrics[metric], unitOf(points, metric)))}
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

function unitOf(points: Ablation['points'], metric: string): 'share' | 'nats' {
  const values = points.map(({ metrics }) => metrics[metric]?.value ?? 0);
  return values.every((value) => value >= 0 && value <= 1) ? 'share' : 'nats';
}

/** What each method gains and loses as its threshold moves. */
export function tradeoffSection(tradeoff: readonly TradeoffSeries[]): Markup {
  const methods = tradeoff.map(({ method }) => method);
  return html`<section id="tradeoff" aria-labelledby="tradeoff-title">
    <h2 id="tradeoff-title">Threshold trade-off</h2>
    <article class="card">
      <h3>Metrics as the gate opens</h3>
      <p class="note">
        In percent, against a factor on the method’s own threshold, which is the dashed line at 1.
      </p>
      ${legend(tradeoffMetrics, true)}
      <div class="plots">${tradeoff.map((series) => figure(series.method, tradeoffPlot(series)))}</div>
    </article>
    <article class="card">
      <h3>Own prompts let in against neighbours let in</h3>
      <p class="note">Up: own prompts let in, %. Marks are the methods’ own thresholds.</p>
      ${legend(methods)}
      <div class="plots">
        ${figure('ROC', rocPlot(tradeoff))}
        ${figures(
          'Area under the curve, and metrics at the own threshold, in percent',
          ['area', ...tradeoffMetrics, 'own let in', 'neighbours let in'],
          tradeoff.map((series) => {
            const own = ownPoint(series);
            const shares = [
              ...tradeoffMetrics.map((metric) => own[metric]),
              own.truePositiveRate,
              own.falsePositiveRate,
            ];
            return {
              name: series.method,
              cells: [series.auc.toFixed(3), ...shares.map((share) => formatValue(share))],
            };
          }),
        )}
      </div>
    </article>
  </section>`;
}

/** Pictures of activations, one an edit. */
export function activationSection(pictures: readonly ActivationPicture[]): Markup {
  return html`<section id="activations" aria-labelledby="activations-title">
    <h2 id="activations-title">Activations</h2>
    <article class="card">
      <p class="note">
        Last-token activations on the plane of largest variance of source and target rows. A line joins each
        source row to where the map takes it. A unit is as long on both axes.
      </p>
      ${legend(activationGroups)}
      <div class="plots">${pictures.map((picture) => figure(picture.edit, activationPlot(picture)))}</div>
    </article>
  </section>`;
}
