import { suiteResultSchema } from '@sakejs/evaluation';
import { SakeError } from '@sakejs/spec';
import { z } from 'zod';

import type { ReportInput } from './report-input.js';

const share = z.number().min(0).max(1);
const measured = z.object({
  value: z.number().nullable(),
  interval: z.tuple([z.number(), z.number()]).nullable(),
  n: z.int().min(0),
});

const published = z.object({
  suite: z.string(),
  protocol: z.string().optional(),
  model: z.string(),
  source: z.string(),
  rows: z.array(z.object({ method: z.string(), metrics: z.record(z.string(), share) })),
});

const ablation = z
  .object({
    name: z.string(),
    title: z.string(),
    axis: z.enum(['category', 'number']),
    points: z
      .array(
        z.object({
          label: z.string(),
          x: z.number().optional(),
          series: z.string(),
          metrics: z.record(z.string(), measured),
        }),
      )
      .min(1, 'expected at least one point'),
  })
  .refine(({ axis, points }) => axis === 'category' || points.every(({ x }) => x !== undefined), {
    message: 'expected an x at every point of a number axis',
    path: ['points'],
  });

const tradeoff = z.object({
  method: z.string(),
  auc: share,
  points: z
    .array(
      z.object({
        threshold: z.number().min(0),
        accuracy: share.nullable(),
        generality: share.nullable(),
        specificity: share.nullable(),
        truePositiveRate: share,
        falsePositiveRate: share,
      }),
    )
    .min(1, 'expected at least one point'),
});

const activations = z.object({
  edit: z.string(),
  points: z
    .array(
      z.object({
        x: z.number(),
        y: z.number(),
        group: z.enum(['source', 'target', 'mapped']),
        label: z.string().optional(),
      }),
    )
    .min(1, 'expected at least one point'),
  explainedVariance: z.tuple([share, share]),
});

/** What each part of a report must look like. */
export const partSchemas: Readonly<Record<'results' | 'published' | 'ablations' | 'activations', z.ZodType>> =
  { results: suiteResultSchema, published, ablations: ablation, activations };

const inputSchema = z.object({
  title: z.string().min(1, 'expected a title'),
  results: z.array(suiteResultSchema),
  published: z.array(published).optional(),
  ablations: z.array(ablation).optional(),
  tradeoff: z.array(tradeoff).optional(),
  activations: z.array(activations).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/**
 * The input itself, once it is known to be one; fields that a report does not read are let be.
 *
 * @throws {SakeError} `invalid-input` with the path of the first few complaints.
 */
export function checkReportInput(input: unknown): ReportInput {
  const parsed = inputSchema.safeParse(input);
  if (!parsed.success) throw invalid('renderReport', 'a report input', parsed.error);
  return input as ReportInput;
}

/** Part of a report that a file of its own holds. */
export type ReportPart = keyof typeof partSchemas;

/**
 * A file's JSON as a list of one part of a report: a list of them, or a single one.
 *
 * @throws {SakeError} `invalid-file` with the file and the path of the first few complaints.
 */
export function checkReportPart<Part extends ReportPart>(
  part: Part,
  json: unknown,
  file: string,
): NonNullable<ReportInput[Part]> {
  const list: unknown[] = Array.isArray(json) ? json : [json];
  const parsed = z.array(partSchemas[part]).safeParse(list);
  if (!parsed.success) throw invalid(file, part, parsed.error, 'invalid-file');
  return list as unknown as NonNullable<ReportInput[Part]>;
}

function invalid(
  where: string,
  what: string,
  error: z.ZodError,
  code: 'invalid-input' | 'invalid-file' = 'invalid-input',
): SakeError {
  const shown = error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`);
  const more = error.issues.length > shown.length ? `; and ${error.issues.length - shown.length} more` : '';
  return new SakeError(code, `${where}: expected ${what}, got ${shown.join('; ')}${more}`);
}
