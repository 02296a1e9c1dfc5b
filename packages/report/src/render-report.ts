import { formatCount } from './html/format-value.js';
import { page, type PagePart } from './html/page.js';
import { checkReportInput } from './input/check-report-input.js';
import type { ReportInput } from './input/report-input.js';
import { environmentSection } from './sections/environment-section.js';
import { ablationSection, activationSection, tradeoffSection } from './sections/plot-sections.js';
import { resultsSection } from './sections/results-section.js';
import { viewerSection } from './sections/viewer-section.js';
import { viewerData } from './viewer/viewer-data.js';

/**
 * A report as one HTML file, which opens offline.
 *
 * Tables, plots and their figures are static; a script of a few kilobytes searches the queries and switches the theme.
 *
 * @throws {SakeError} `invalid-input` where the input is not a report's, with the path of what is wrong.
 */
export function renderReport(input: ReportInput): string {
  const {
    title,
    results,
    published,
    ablations = [],
    tradeoff = [],
    activations = [],
    environment,
  } = checkReportInput(input);
  const viewer = viewerData(results);
  const parts: (PagePart | false)[] = [
    results.length > 0 && { id: 'tables', label: 'Tables', content: resultsSection(results, published) },
    ablations.length > 0 && { id: 'ablations', label: 'Ablations', content: ablationSection(ablations) },
    tradeoff.length > 0 && { id: 'tradeoff', label: 'Trade-off', content: tradeoffSection(tradeoff) },
    activations.length > 0 && {
      id: 'activations',
      label: 'Activations',
      content: activationSection(activations),
    },
    viewer.tables.length > 0 && { id: 'queries', label: 'Queries', content: viewerSection(viewer) },
    {
      id: 'environment',
      label: 'Environment',
      content: environmentSection(
        environment,
        results.map(({ model }) => model),
      ),
    },
  ];
  return page({
    title,
    subtitle: subtitleOf(input),
    parts: parts.filter((part) => part !== false),
  });
}

function subtitleOf({ results }: ReportInput): string {
  const queries = results.reduce((sum, result) => sum + (result.queries?.length ?? 0), 0);
  const methods = new Set(results.flatMap(({ rows }) => rows.map(({ method }) => method))).size;
  const counted: readonly (readonly [number, string])[] = [
    [results.length, 'tables'],
    [methods, 'methods'],
    [queries, 'queries in the viewer'],
  ];
  return counted.map(([count, what]) => `${formatCount(count)} ${what}`).join(' · ');
}
