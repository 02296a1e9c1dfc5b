import { publishedTables, type SuiteResult } from '@sakejs/evaluation';
import { renderReport, type ActivationPicture } from '@sakejs/report';
import manifest from '../../package.json' with { type: 'json' };
import type { AblationResult } from '../ablations/run-ablation.js';
import { ablationPart } from '../report/ablation-part.js';
import { tradeoffPart } from '../report/tradeoff-part.js';

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
    tradeoff: tradeoffPart(results),
    activations,
    environment: {
      'sake-bench': manifest.version,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      ...(first && { model: first.model, 'model sha256': first.modelInfo.sha256, seed: first.seed }),
    },
  });
}
