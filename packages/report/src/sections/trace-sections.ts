import {
  positionGroups,
  type AverageEffect,
  type FactTrace,
  type PositionGroup,
  type TraceMean,
  type TraceResult,
} from '@sakejs/evaluation';
import type { StateKind } from '@sakejs/spec';
import { formatCount, formatInterval, formatValue } from '../html/format-value.js';
import { html, type Markup } from '../html/html.js';
import { legend } from '../plots/legend.js';
import { heatScale, traceHeatMap, type HeatCell, type HeatMap } from '../plots/trace-heat-map.js';
import { traceLines } from '../plots/trace-lines.js';
import { figure } from './figure.js';
import { figures, fold } from './result-details.js';

const groupNames: Readonly<Record<PositionGroup, string>> = {
  subjectFirst: 'first of the subject',
  subjectMiddle: 'middle of the subject',
  subjectLast: 'last of the subject',
  subsequentFirst: 'first behind it',
  further: 'further tokens',
  last: 'last token',
};

/** What is put back, as captions have it. */
function kindName(kind: StateKind, window: number): string {
  const blocks = window === 1 ? '' : `, ${window} blocks`;
  return { stream: 'hidden state', mlp: `MLP output${blocks}`, attention: `attention output${blocks}` }[kind];
}

/** A mean with its interval, in percent. */
function spread({ value, interval, n }: TraceMean): string {
  const range = interval === null ? '' : ` [${formatInterval(interval)}]`;
  return `${formatValue(value)}${range}, n ${formatCount(n)}`;
}

/** A heat map over a scale of its own: kinds differ in size, and each is to be seen. */
function panel(map: Omit<HeatMap, 'most'>): Markup {
  const most = map.cells.reduce((so, { value }) => Math.max(so, Math.abs(value)), 0);
  return figure(map.name, html`${traceHeatMap({ ...map, most })}${heatScale(most)}`);
}

/** Averages over facts as heat maps by group and block, as lines at the two telling tokens, and as tables. */
export function traceAverages(result: TraceResult): Markup {
  const { averages, settings, clean, corrupted, totalEffect, model } = result;
  const { kinds, window } = settings;
  const groups = positionGroups.filter((group) => averages.some((one) => one.group === group));
  const panelOf = (kind: StateKind): Markup => {
    const cells = averages
      .filter((one) => one.kind === kind)
      .map((one): HeatCell => {
        const range = one.interval === null ? '' : `[${formatInterval(one.interval)}], `;
        return {
          row: groups.indexOf(one.group),
          layer: one.layer,
          value: one.value,
          note: `${range}n ${one.n}`,
        };
      });
    const name = kindName(kind, window);
    const rows = groups.map((group) => groupNames[group]);
    return panel({ name, rows, layers: model.layers, cells });
  };
  const lined = (['subjectLast', 'last'] as const).filter((group) => groups.includes(group));
  const labels = kinds.map((kind) => ({ kind, label: kindName(kind, window) }));
  return html`<section id="averages" aria-labelledby="averages-title">
    <h2 id="averages-title">Averages</h2>
    <article class="card">
      <h3>Average indirect effects</h3>
      <p class="note">
        What P(object) gains, in percent, when one state is put back while the subject’s embeddings are
        disturbed. P(object) is ${spread(clean)} undisturbed, ${spread(corrupted)} disturbed; the average
        total effect is ${spread(totalEffect)}. ${suggestionText(result)}
      </p>
      <div class="plots">${kinds.map(panelOf)}</div>
    </article>
    <article class="card">
      <h3>By block</h3>
      <p class="note">In percent; whiskers are 95 % intervals over facts.</p>
      ${legend(labels.map(({ label }) => label))}
      <div class="plots">
        ${lined.map((group) => {
          const own = averages.filter((one) => one.group === group);
          return figure(groupNames[group], traceLines(groupNames[group], own, labels));
        })}
      </div>
      ${kinds.map((kind) => fold(`Figures: ${kindName(kind, window)}`, table(result, kind, groups)))}
    </article>
  </section>`;
}

function suggestionText({ suggestion }: TraceResult): string {
  if (suggestion === null) return '';
  const { layer, effect, layers, share } = suggestion;
  return (
    `MLPs at the subject’s last token restore most at block ${layer}: ${spread(effect)}. It is the best in ` +
    `${formatValue(share)} % of resampled sets of facts, 95 % of which choose a block in ${layers[0]} – ${layers[1]}.`
  );
}

function table({ averages, model }: TraceResult, kind: StateKind, groups: readonly PositionGroup[]): Markup {
  const at = (group: PositionGroup, layer: number): AverageEffect | undefined =>
    averages.find((one) => one.kind === kind && one.group === group && one.layer === layer);
  return figures(
    'Average indirect effects in percent, with 95 % intervals over facts',
    groups.map((group) => `${groupNames[group]} (n ${formatCount(at(group, 0)?.n ?? 0)})`),
    Array.from({ length: model.layers }, (_, layer) => ({
      name: `block ${layer}`,
      cells: groups.map((group) => {
        const { value = 0, interval = null } = at(group, layer) ?? {};
        return interval === null ? formatValue(value) : `${formatValue(value)} [${formatInterval(interval)}]`;
      }),
    })),
  );
}

/** Heat maps of single facts, tokens by blocks; the subject's tokens have a star. */
export function traceOfFacts({ facts, settings, model }: TraceResult, shown: number): Markup {
  const { kinds, window } = settings;
  const drawn = facts.slice(0, shown);
  return html`<section id="facts" aria-labelledby="facts-title">
    <h2 id="facts-title">Single facts</h2>
    <p class="note">
      Indirect effects in percent by token and block; a star marks the subject’s tokens.
      ${facts.length > shown && `The first ${formatCount(shown)} of ${formatCount(facts.length)} facts.`}
    </p>
    ${drawn.map((fact) => factCard(fact, { kinds, window, layers: model.layers }))}
  </section>`;
}

function factCard(
  { prompt, object, clean, corrupted, effects, tokens, subjectTokens: [first, last] }: FactTrace,
  { kinds, window, layers }: { kinds: readonly StateKind[]; window: number; layers: number },
): Markup {
  const rows = tokens.map((token, at) => `${token.trim()}${at >= first && at <= last ? ' *' : ''}`);
  return html`<article class="card">
    <h3>${prompt} → ${object}</h3>
    <p class="note">
      P(${object}): ${formatValue(clean)} % undisturbed, ${formatValue(corrupted)} % disturbed.
    </p>
    <div class="plots">
      ${kinds.map((kind) => {
        const name = kindName(kind, window);
        const cells = (effects[kind] ?? []).flatMap((values, layer) =>
          values.map((value, row): HeatCell => ({ row, layer, value })),
        );
        return panel({ name, rows, layers, cells });
      })}
    </div>
  </article>`;
}
