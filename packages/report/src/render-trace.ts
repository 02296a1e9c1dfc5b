import type { TraceResult } from '@sakejs/evaluation';
import { SakeError } from '@sakejs/spec';
import { formatCount } from './html/format-value.js';
import { page } from './html/page.js';
import type { EnvironmentValue } from './input/report-input.js';
import { environmentSection } from './sections/environment-section.js';
import { traceAverages, traceOfFacts } from './sections/trace-sections.js';

export interface TracePageOptions {
  /** The heading. Default `Causal trace`. */
  readonly title?: string;
  /** Facts that have heat maps of their own, the first ones. Default 12. */
  readonly facts?: number;
  /** What the trace was made with. */
  readonly environment?: Readonly<Record<string, EnvironmentValue>>;
}

/**
 * A causal trace as one HTML file, which opens offline: heat maps of average effects by token and block, lines with
 * intervals, tables, and heat maps of single facts.
 *
 * @throws {SakeError} `invalid-option` for a number of facts that is none, `invalid-input` for a trace without facts.
 */
export function renderTrace(result: TraceResult, options: TracePageOptions = {}): string {
  const { title = 'Causal trace', facts = 12, environment = {} } = options;
  if (!Number.isInteger(facts) || facts < 0)
    throw new SakeError('invalid-option', `renderTrace: expected a number of facts to show, got ${facts}`);
  if (result.facts.length === 0)
    throw new SakeError('invalid-input', 'renderTrace: expected a trace of at least one fact, got none');
  const { model, settings, asked, data } = result;
  const { samples, noise, window, seed } = settings;
  const counted = `${formatCount(result.facts.length)} facts of ${formatCount(asked)} asked`;
  return page({
    title,
    subtitle: `${model.id} · ${counted} · ${formatCount(samples)} draws of noise of ${noise} deviations · window ${window}`,
    parts: [
      { id: 'averages', label: 'Averages', content: traceAverages(result) },
      ...(facts > 0 ? [{ id: 'facts', label: 'Single facts', content: traceOfFacts(result, facts) }] : []),
      {
        id: 'environment',
        label: 'Environment',
        content: environmentSection(
          {
            'model SHA-256': model.sha256,
            data: data.name,
            'data SHA-256': data.sha256,
            seed,
            'deviation of embeddings': result.embeddingDeviation,
            ...environment,
          },
          [model.id],
        ),
      },
    ],
  });
}
