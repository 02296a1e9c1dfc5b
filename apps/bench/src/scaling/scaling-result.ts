import { parseSuiteResults, type SuiteResult } from '@sakejs/evaluation';
import type { ReportInput } from '@sakejs/report';
import { SakeError } from '@sakejs/spec';
import { z } from 'zod';

/** Metrics by the number of live edits; plain JSON. */
export interface ScalingResult {
  readonly kind: 'scaling';
  /** Cases that are asked, the same for every number of live edits. */
  readonly asked: number;
  /** Further edits that are records, and that were generated. */
  readonly records: number;
  readonly generated: number;
  /** Numbers of live edits, one a result. */
  readonly live: readonly number[];
  readonly results: readonly SuiteResult[];
}

const schema = z.looseObject({
  kind: z.literal('scaling'),
  asked: z.int().min(1),
  records: z.int().min(0),
  generated: z.int().min(0),
  live: z.array(z.int().min(1)).min(1),
  results: z.array(z.unknown()),
});

/**
 * A result of `scaling` as its file has it; undefined for another file's content.
 *
 * @throws {SakeError} `invalid-file` for one that is damaged.
 */
export function readScaling(value: unknown, path: string): ScalingResult | undefined {
  const parsed = schema.safeParse(value);
  if (!parsed.success) return undefined;
  const { live } = parsed.data;
  const results = parseSuiteResults(JSON.stringify(parsed.data.results), path);
  if (results.length === live.length) return { ...parsed.data, results };
  throw new SakeError(
    'invalid-file',
    `${path}: expected a result for each of ${live.length} numbers of live edits, got ${results.length}`,
    { details: { path } },
  );
}

/** A line a method over the number of live edits, as reports draw it. */
export function scalingPart({
  live,
  results,
}: Pick<ScalingResult, 'live' | 'results'>): NonNullable<ReportInput['ablations']>[number] {
  return {
    name: 'scaling',
    title: 'Metrics by number of live edits',
    axis: 'number',
    points: results.flatMap(({ rows }, index) =>
      rows.map(({ method, metrics }) => ({
        label: `${live[index]!} live`,
        x: live[index]!,
        series: method,
        metrics: Object.fromEntries(
          Object.entries(metrics).map(([name, { value, interval, n }]) => [name, { value, interval, n }]),
        ),
      })),
    ),
  };
}
