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

const isScaling = z.looseObject({ kind: z.literal('scaling') });

/**
 * A result of `scaling` as its file has it; undefined for another file's content.
 *
 * @throws {SakeError} `invalid-file` for one that is damaged.
 */
export function readScaling(value: unknown, path: string): ScalingResult | undefined {
  if (!isScaling.safeParse(value).success) return undefined;
  const refuse = (what: string): SakeError =>
    new SakeError('invalid-file', `${path}: ${what}`, { details: { path } });
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw refuse(
      parsed.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`).join('; '),
    );
  const { live } = parsed.data;
  const results = parseSuiteResults(JSON.stringify(parsed.data.results), path);
  if (results.length !== live.length)
    throw refuse(`expected a result for each of ${live.length} numbers of live edits, got ${results.length}`);
  const methodsOf = ({ rows }: SuiteResult): string => rows.map(({ method }) => method).join(', ');
  const odd = results.find((result) => methodsOf(result) !== methodsOf(results[0]!));
  if (odd !== undefined)
    throw refuse(
      `expected rows of the same methods in every result, got ${methodsOf(results[0]!)} and ${methodsOf(odd)}`,
    );
  return { ...parsed.data, results };
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
