import { checkReportPart, type ReportInput } from '@sakejs/report';
import { z } from 'zod';
import { readScaling, scalingPart } from '../scaling/scaling-result.js';
import { ablationPart } from './ablation-part.js';
import { readJson } from './read-json.js';

const ablationResult = z.looseObject({
  name: z.string().min(1),
  title: z.string().min(1),
  axis: z.enum(['category', 'number']),
  results: z.array(z.unknown()),
});

/**
 * Ablations as reports have them, as `scaling` wrote them, or as `ablate` did, whose results may hold thresholds to sweep.
 *
 * @throws {SakeError} `invalid-file` for a file that holds none.
 */
export function readAblations(paths: readonly string[]): {
  readonly ablations: NonNullable<ReportInput['ablations']>;
  readonly swept: ReportInput['results'];
} {
  const swept: ReportInput['results'][number][] = [];
  const ablations = paths.flatMap((path) => {
    const value = readJson(path);
    return [value].flat().flatMap((item) => {
      const scaling = readScaling(item, path);
      if (scaling !== undefined) return [scalingPart(scaling)];
      const run = ablationResult.safeParse(item);
      if (!run.success) return [...checkReportPart('ablations', item, path)];
      const { name, title, axis } = run.data;
      const results = checkReportPart('results', run.data.results, path);
      swept.push(...results);
      return [ablationPart({ name, title, axis, results })];
    });
  });
  return { ablations, swept };
}
