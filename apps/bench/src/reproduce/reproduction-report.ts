import { publishedTables, type SuiteResult } from '@sakejs/evaluation';
import { renderReport, type ActivationPicture, type ReportInput } from '@sakejs/report';
import manifest from '../../package.json' with { type: 'json' };
import type { AblationResult } from '../ablations/run-ablation.js';
import { UNEDITED } from '../method-entries.js';

export interface ReproductionReportInput {
  readonly title: string;
  /** With their queries, for the viewer. */
  readonly results: readonly SuiteResult[];
  readonly ablations: readonly AblationResult[];
  readonly activations: readonly ActivationPicture[];
}

/** A reproduction as one HTML page. */
export function reproductionReport({
  title,
  results,
  ablations,
  activations,
}: ReproductionReportInput): string {
  const [first] = results;
  return renderReport({
    title,
    results,
    published: publishedTables
      .filter(({ name, suite }) => name !== 'ablation' && results.some((result) => result.suite === suite))
      .map(({ suite, model, source, rows }) => ({
        ...{ suite, model, source },
        rows: rows.map(({ method, values }) => ({ method, metrics: values })),
      })),
    ablations: ablations.map(ablationPart),
    activations,
    environment: {
      'sake-bench': manifest.version,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      ...(first && { model: first.model, 'model sha256': first.modelInfo.sha256, seed: first.seed }),
    },
  });
}

/** Variants as points, a series a protocol; what has no place on a line of numbers is left out of it. */
function ablationPart({
  name,
  title,
  axis,
  results,
}: AblationResult): NonNullable<ReportInput['ablations']>[number] {
  return {
    ...{ name, title, axis },
    points: results.flatMap(({ protocol, suite, rows }) =>
      rows
        .filter(
          ({ method }) => method !== UNEDITED && (axis === 'category' || Number.isFinite(Number(method))),
        )
        .map(({ method, metrics }) => ({
          label: method,
          ...(axis === 'number' && { x: Number(method) }),
          series: results.every((result) => result.suite === suite) ? protocol : `${suite}, ${protocol}`,
          metrics: Object.fromEntries(
            Object.entries(metrics).map(([metric, { value, interval, n }]) => [
              metric,
              { value, interval, n },
            ]),
          ),
        })),
    ),
  };
}
