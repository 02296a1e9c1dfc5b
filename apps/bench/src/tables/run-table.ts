import { mkdirSync } from 'node:fs';
import {
  parseSuiteResults,
  publishedFor,
  renderLatex,
  renderMarkdown,
  tableOfResult,
  type ReportTable,
  type SuiteResult,
} from '@sakejs/evaluation';
import { SakeError } from '@sakejs/spec';
import type { Streams } from '@sakejs/terminal';
import { z } from 'zod';
import { parseOptions } from '../parse-options.js';
import { readJson } from '../report/read-json.js';
import { tablePages, writeTables, type Reproduction } from '../reproduce/table-pages.js';
import { readScaling } from '../scaling/scaling-result.js';
import { tableOfScaling } from '../scaling/scaling-table.js';
import { renderText } from './text-table.js';

const formats = { markdown: renderMarkdown, latex: renderLatex, text: renderText } as const satisfies Record<
  string,
  (table: ReportTable) => string
>;

/** Formats that tables are written in. */
export const tableFormats: readonly string[] = Object.keys(formats);

const optionsSchema = z.strictObject({
  format: z.enum(Object.keys(formats) as (keyof typeof formats)[], `expected ${tableFormats.join(', ')}`),
  metrics: z
    .string()
    .transform((names) => names.split(',').map((name) => name.trim()))
    .optional(),
  published: z.boolean(),
  out: z.string().min(1, 'expected a folder').optional(),
});

const reproduction = z.looseObject({
  results: z.array(z.unknown()),
  ablations: z.array(
    z.looseObject({
      name: z.string(),
      title: z.string(),
      axis: z.enum(['category', 'number']),
      results: z.array(z.unknown()),
    }),
  ),
});

/**
 * `sake-bench table`: prints each result of a file as a table, beside published numbers where there are any, and what `scaling`
 * wrote as one; with a folder,
 * writes the tables of a reproduction as `reproduce` does.
 */
export async function runTable(file: string, raw: unknown, streams: Streams): Promise<void> {
  const { format, metrics, published, out } = parseOptions(optionsSchema, raw, 'table');
  if (out !== undefined) {
    mkdirSync(out, { recursive: true });
    const pages = tablePages(readReproduction(file));
    writeTables(out, pages);
    streams.stdout.write(`${pages.length} tables in ${out}\n`);
    return;
  }
  const value = readJson(file);
  const scaling = readScaling(value, file);
  const tables =
    scaling !== undefined
      ? [tableOfScaling(scaling, { ...(metrics && { metrics }) })]
      : parseSuiteResults(JSON.stringify(value), file).map((result) =>
          tableOfResult(result, {
            ...(metrics && { metrics }),
            ...(published && { published: publishedFor(result.suite) }),
          }),
        );
  streams.stdout.write(tables.map(formats[format]).join('\n'));
}

/** @throws {SakeError} `invalid-file` for a file that `reproduce` did not write. */
function readReproduction(file: string): Pick<Reproduction, 'results' | 'ablations'> {
  const parsed = reproduction.safeParse(readJson(file));
  if (!parsed.success)
    throw new SakeError(
      'invalid-file',
      `sake-bench table: expected ${file} to be a results.json of reproduce for --out, got another file`,
      { details: { file } },
    );
  const { results, ablations } = parsed.data;
  const checked = (all: readonly unknown[]): SuiteResult[] =>
    all.length === 0 ? [] : parseSuiteResults(JSON.stringify(all), file);
  return {
    results: checked(results),
    ablations: ablations.map(({ name, title, axis, results: own }) => ({
      name,
      title,
      axis,
      results: checked(own),
    })),
  };
}
