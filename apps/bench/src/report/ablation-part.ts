import type { ReportInput } from '@sakejs/report';
import type { AblationResult } from '../ablations/run-ablation.js';
import { UNEDITED } from '../method-entries.js';

/** Variants as points, a series a protocol; what has no place on a line of numbers is left out of it. */
export function ablationPart({
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
